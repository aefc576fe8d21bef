import type { ProtocolCore, Wake } from '../cores/protocol-core.ts'

export type PulseInput = 'opened' | 'closed' | 'heard'
export type PulseEffect = 'ping' | 'up' | 'down'

const PING_EVERY_MS = 2_000
const STALLED_AFTER_MS = 6_000
/** Later than this by, and the page itself stood still: silence meanwhile says nothing about the other side. */
const LATE_MS = 2_000

/** Whether a channel that is open is also alive: one that falls silent is not used until it speaks again. */
export class Pulse implements ProtocolCore<PulseInput, PulseEffect> {
  nextWake: Wake | undefined
  private readonly effects: PulseEffect[] = []
  private isUp = false
  private heardAtMs = 0

  take(): PulseEffect | undefined {
    return this.effects.shift()
  }

  handle(input: PulseInput, nowMs: number): void {
    if (input === 'closed') {
      this.lower()
      this.nextWake = undefined
      return
    }
    this.heardAtMs = nowMs
    if (input === 'heard' && !this.nextWake) return // not open yet, or closed already
    if (!this.isUp) {
      this.isUp = true
      this.effects.push('up')
    }
    if (input === 'opened') this.ping(nowMs)
  }

  tick(nowMs: number): void {
    if (!this.nextWake || nowMs < this.nextWake.atMs) return
    if (nowMs - this.nextWake.atMs > LATE_MS) this.heardAtMs = nowMs
    if (nowMs - this.heardAtMs >= STALLED_AFTER_MS) this.lower()
    this.ping(nowMs)
  }

  private ping(nowMs: number): void {
    this.effects.push('ping')
    this.nextWake = { atMs: nowMs + PING_EVERY_MS, why: 'ping a direct link' }
  }

  private lower(): void {
    if (this.isUp) this.effects.push('down')
    this.isUp = false
  }
}
