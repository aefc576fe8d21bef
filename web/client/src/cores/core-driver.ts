import type { ProtocolCore } from './protocol-core.ts'

export interface Clock {
  nowMs(): number
  /** Calls back once after a delay; the answer cancels it. */
  after(delayMs: number, call: () => void): () => void
}

export const realClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, call) {
    const timer = setTimeout(call, delayMs)
    return () => clearTimeout(timer)
  },
}

/** Runs one core: one input at a time, effects performed at once, one timer for the next wake. */
export class CoreDriver<Input, Effect> {
  private readonly inbox: Input[] = []
  private cancelWake: () => void = () => undefined
  private busy = false
  private stopped = false

  constructor(
    private readonly core: ProtocolCore<Input, Effect>,
    private readonly perform: (effect: Effect) => void,
    private readonly clock: Clock = realClock,
  ) {}

  handle(input: Input): void {
    this.inbox.push(input)
    this.run(false)
  }

  /** Lets a late timer catch up, for instance after the page was frozen. */
  tick(): void {
    this.run(true)
  }

  stop(): void {
    this.stopped = true
    this.cancelWake()
  }

  private run(due: boolean): void {
    if (this.busy || this.stopped) return // an effect caused this input: the outer loop takes it next
    this.busy = true
    try {
      if (due) {
        this.core.tick(this.clock.nowMs())
        this.drain()
      }
      for (let input = this.inbox.shift(); input !== undefined && !this.stopped; input = this.inbox.shift()) {
        this.core.handle(input, this.clock.nowMs())
        this.drain()
      }
    } finally {
      this.busy = false
    }
    this.sleep()
  }

  private drain(): void {
    for (let effect = this.core.take(); effect !== undefined && !this.stopped; effect = this.core.take()) this.perform(effect)
  }

  private sleep(): void {
    this.cancelWake()
    const wake = this.core.nextWake
    if (!wake || this.stopped) return
    this.cancelWake = this.clock.after(Math.max(0, wake.atMs - this.clock.nowMs()), () => this.tick())
  }
}
