import { utf8, type Bytes } from '../codec/bytes.ts'
import { CoreDriver, type Clock } from '../cores/core-driver.ts'
import { ChannelWriter } from './channel-writer.ts'
import type { Connection } from './connection.ts'
import { lazy } from './lazy.ts'
import type { PlanEffect, PlanInput } from './link-plan.ts'
import { Negotiation } from './negotiation.ts'
import { PartJoiner, split } from './parts.ts'
import type { PeerPath } from './peer-path.ts'
import type { Signal } from './signals.ts'

export const loadUpkeep = lazy(() => import('./upkeep.ts'))
const LOAD_AGAIN_MS = 2_000

export interface LinkSetup {
  connect(): Connection
  polite: boolean
  relay: 'auto' | 'never' | 'only'
  maxAttempts: number
  clock: Clock
  say(signal: Signal): void
  /** Gives a frame to the hub's relay; false while there is no hub. */
  sendRelayed(frame: Bytes, fast: boolean): boolean
  canRelay(): boolean
  heard(news: LinkEvent): void
}

export type LinkEvent =
  | { type: 'made'; pc: RTCPeerConnection; main: RTCDataChannel; offers: boolean }
  | { type: 'state'; state: string }
  /** Messages can flow. */
  | { type: 'ready' }
  | { type: 'down' }
  | { type: 'message'; message: Bytes }
  | { type: 'fast'; message: Bytes }
  | { type: 'unreachable' }
  | { type: 'track'; event: RTCTrackEvent }

/** One other peer: a connection that is kept alive, rebuilt and, where nothing else works, relayed. */
export class PeerLink {
  readonly negotiation: Negotiation
  main: RTCDataChannel | undefined
  fast: RTCDataChannel | undefined
  path: PeerPath | undefined
  /** Resolves when `path` is exact. */
  measured: Promise<void> = Promise.resolve()
  private plan: CoreDriver<PlanInput, PlanEffect> | undefined
  /** What the plan is told once it is loaded. */
  private readonly untold: PlanInput[] = []
  private isClosed = false
  private readonly joiner = new PartJoiner()
  private readonly relayJoiner = new PartJoiner()
  private writer: ChannelWriter | undefined
  private state = ''

  constructor(private readonly setup: LinkSetup) {
    this.negotiation = new Negotiation({ ...setup, made: (connection, offers) => this.wire(connection, offers) })
  }

  get isOpen(): boolean {
    return this.path !== undefined
  }

  start(offers: boolean): void {
    if (this.setup.relay === 'only') return this.useRelay()
    this.tell({ type: 'start', offers })
    if (offers) this.negotiation.offer()
    else this.negotiation.await()
    void this.keepUp()
  }

  hear(signal: Signal): void {
    if (this.setup.relay === 'only') return
    if (signal.type === 'offer') this.tell({ type: 'offered' })
    this.negotiation.hear(signal)
  }

  hearRelayed(frame: Bytes, fast: boolean): void {
    if (fast) return this.setup.heard({ type: 'fast', message: frame })
    // The other side fell back to the hub: so does this one, until a channel opens.
    if (!this.isOpen) this.useRelay()
    this.deliver(this.relayJoiner.add(frame))
  }

  /** True once the browser or the hub has taken it all. */
  send(message: Bytes): Promise<boolean> {
    if (this.path !== 'hub') return this.writer && this.main!.readyState === 'open' ? this.writer.write(message) : Promise.resolve(false)
    for (const frame of split(message)) if (!this.setup.sendRelayed(frame, false)) return Promise.resolve(false)
    return Promise.resolve(true)
  }

  /** Unordered and lossy: dropped where it can't leave at once. */
  sendFast(message: Bytes): boolean {
    const { fast } = this
    if (!fast || fast.readyState !== 'open') return this.path === 'hub' && this.setup.sendRelayed(message, true)
    if (fast.bufferedAmount > 65_536) return false
    fast.send(message)
    return true
  }

  /** A signal may take the open channel instead of the hub. */
  sayOverChannel(signal: Signal): boolean {
    if (!this.writer || this.main!.readyState !== 'open' || this.state !== 'connected') return false
    void this.writer.write(new Uint8Array([3, ...utf8(JSON.stringify(signal))]))
    return true
  }

  close(): void {
    this.isClosed = true
    this.plan?.stop()
    this.negotiation.close()
    this.path = undefined
  }

  /** The plan is needed seconds later or never, so it is fetched meanwhile; a hub that is away is asked again. */
  private async keepUp(): Promise<void> {
    const { relay, canRelay, maxAttempts, clock } = this.setup
    while (!this.isClosed) {
      try {
        const { LinkPlan } = await loadUpkeep()
        const plan = new LinkPlan(() => relay !== 'never' && canRelay(), maxAttempts)
        this.plan = new CoreDriver(plan, (effect) => this.perform(effect), clock)
        if (!this.isClosed) this.untold.forEach((input) => this.plan!.handle(input))
        return
      } catch {
        await new Promise((later) => setTimeout(later, LOAD_AGAIN_MS))
      }
    }
  }

  private tell(input: PlanInput): void {
    if (this.plan) this.plan.handle(input)
    else this.untold.push(input)
  }

  private wire({ pc, main, fast }: Connection, offers: boolean): void {
    this.main = main
    this.fast = fast
    this.joiner.reset()
    this.state = ''
    const writer = new ChannelWriter(main)
    main.onopen = () => {
      if (this.main !== main) return
      this.writer = writer
      this.tell({ type: 'opened' })
      this.ready(pc)
    }
    main.onmessage = ({ data }) => this.deliver(this.joiner.add(new Uint8Array(data as ArrayBuffer)))
    fast.onmessage = ({ data }) => this.setup.heard({ type: 'fast', message: new Uint8Array(data as ArrayBuffer) })
    main.onclose = () => this.main === main && this.lost()
    // Firefox before 113 knows only the ICE state.
    pc.onconnectionstatechange = pc.oniceconnectionstatechange = () => this.changed(pc)
    pc.ontrack = (event) => this.setup.heard({ type: 'track', event })
    this.setup.heard({ type: 'made', pc, main, offers })
  }

  private changed(pc: RTCPeerConnection): void {
    const ice = pc.iceConnectionState
    const state: string = pc.connectionState || (ice === 'completed' ? 'connected' : ice === 'checking' ? 'connecting' : ice)
    if (pc !== this.negotiation.pc || state === this.state) return
    this.state = state
    this.setup.heard({ type: 'state', state })
    if (state === 'disconnected' || state === 'failed') this.lost()
    if (state === 'connected' && this.main!.readyState === 'open') {
      this.tell({ type: 'opened' })
      this.ready(pc)
    }
  }

  private lost(): void {
    if (this.path && this.path !== 'hub') {
      this.path = undefined
      this.setup.heard({ type: 'down' })
    }
    this.tell({ type: 'lost' })
  }

  private perform(effect: PlanEffect): void {
    if (effect.type === 'offer' || effect.type === 'rebuild') this.negotiation.offer()
    else if (effect.type === 'restart') this.negotiation.restartIce()
    else if (effect.type === 'relay') this.useRelay()
    else this.setup.heard({ type: 'unreachable' })
  }

  private useRelay(): void {
    if (this.path === 'hub' || !this.setup.canRelay()) return
    this.path = 'hub' // the writer stays: the same channel may come back, when ICE is restarted
    this.relayJoiner.reset()
    this.setup.heard({ type: 'ready' })
  }

  /** Messages flow at once; which path it is the browser tells a moment later. */
  private ready(pc: RTCPeerConnection): void {
    const before = this.path
    if (before && before !== 'hub') return
    this.path = 'direct'
    this.measured = loadUpkeep()
      .then(({ pathOf }) => pathOf(pc))
      .then(
        (path) => {
          if (pc === this.negotiation.pc && this.path === 'direct') this.path = path
        },
        () => undefined, // not loaded: 'direct' is what is known
      )
    this.setup.heard({ type: 'ready' })
  }

  private deliver(message: Bytes | undefined | 'broken'): void {
    if (message && message !== 'broken') this.setup.heard({ type: 'message', message })
  }
}
