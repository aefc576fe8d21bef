import { utf8, type Bytes } from '../codec/bytes.ts'
import { CoreDriver, type Clock } from '../cores/core-driver.ts'
import { ChannelWriter } from './channel-writer.ts'
import type { Connection } from './connection.ts'
import { LinkPlan, type PlanEffect, type PlanInput } from './link-plan.ts'
import { Negotiation } from './negotiation.ts'
import { PartJoiner, split } from './parts.ts'
import { pathOf, type PeerPath } from './peer-path.ts'
import type { Signal } from './signals.ts'

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
  private readonly plan: CoreDriver<PlanInput, PlanEffect>
  private readonly joiner = new PartJoiner()
  private readonly relayJoiner = new PartJoiner()
  private writer: ChannelWriter | undefined
  private state = ''

  constructor(private readonly setup: LinkSetup) {
    const { relay, canRelay, maxAttempts, clock } = setup
    this.plan = new CoreDriver(new LinkPlan(() => relay !== 'never' && canRelay(), maxAttempts), (effect) => this.perform(effect), clock)
    this.negotiation = new Negotiation({ ...setup, made: (connection, offers) => this.wire(connection, offers) })
  }

  get isOpen(): boolean {
    return this.path !== undefined
  }

  start(offers: boolean): void {
    if (this.setup.relay === 'only') return this.useRelay()
    this.plan.handle({ type: 'start', offers })
    if (offers) this.negotiation.offer()
    else this.negotiation.await()
  }

  hear(signal: Signal): void {
    if (this.setup.relay === 'only') return
    if (signal.type === 'offer') this.plan.handle({ type: 'offered' })
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
    this.plan.stop()
    this.negotiation.close()
    this.path = undefined
  }

  private wire({ pc, main, fast }: Connection, offers: boolean): void {
    this.main = main
    this.fast = fast
    this.joiner.reset()
    this.state = ''
    main.onopen = () => {
      if (this.main !== main) return
      this.writer = new ChannelWriter(main, pc.sctp?.maxMessageSize)
      this.plan.handle({ type: 'opened' })
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
      this.plan.handle({ type: 'opened' })
      this.ready(pc)
    }
  }

  private lost(): void {
    if (this.path && this.path !== 'hub') {
      this.path = undefined
      this.setup.heard({ type: 'down' })
    }
    this.plan.handle({ type: 'lost' })
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
    this.measured = pathOf(pc).then((path) => {
      if (pc === this.negotiation.pc && this.path === 'direct') this.path = path
    })
    this.setup.heard({ type: 'ready' })
  }

  private deliver(message: Bytes | undefined | 'broken'): void {
    if (message && message !== 'broken') this.setup.heard({ type: 'message', message })
  }
}
