import type { Bytes } from '../codec/bytes.ts'
import { realClock, type Clock } from '../cores/core-driver.ts'
import { makeConnection, type Connection } from './connection.ts'
import { Emitter } from './emitter.ts'
import { loadMeeting } from './load-meeting.ts'
import type { OutboxStore } from './outbox-store.ts'
import type { PeerPath } from './peer-path.ts'
import type { Peers } from './peers.ts'
import type { RoostError } from './roost-error.ts'
import type { Signal } from './signals.ts'
import type { TalkFrame } from './talk-frames.ts'

export type WebRtcConfig = RTCConfiguration & { relay?: 'auto' | 'never' | 'only'; maxReconnectAttempts?: number }

/** What carries signals and relayed frames: MinimalSignaling, or a double in tests. */
export interface SignalRoad {
  /** This peer's own id. */
  readonly peerId: string | null
  readonly iceServers: RTCIceServer[]
  /** Nothing can be stored of this identity yet: it was made a moment ago. */
  readonly isFresh: boolean
  sendTo(peerId: string, signal: Signal): boolean
  relayTo(peerId: string, frame: Bytes, fast: boolean): boolean
  readonly isOpen: boolean
}

export interface ManagerEvents {
  'connection-created': { peerId: string; isInitiator: boolean }
  'connection-error': { peerId: string; error: unknown }
  'connection-state-change': { peerId: string; state: string }
  'peer-connected': { peerId: string }
  'peer-disconnected': { peerId: string }
  'peer-failed': { peerId: string }
  'peer-unreachable': { peerId: string }
  'peer-path': { peerId: string; path: PeerPath; rttMs: number }
  'message-sent': { peerId: string; message: { id: string } }
  'message-delivered': { peerId: string; message: { id: string } }
  'message-failed': { peerId: string; message: { id: string }; error: RoostError }
  'message-received': { peerId: string; data: any }
  fast: { peerId: string; data: any }
  stream: { peerId: string; stream: MediaStream; track: MediaStreamTrack }
  frame: { peerId: string; frame: TalkFrame }
  error: RoostError
}

/** Seed 001's connection manager: one kept-alive link per peer, numbered messages, one event for everything that happens. */
export class P2PConnectionManager extends Emitter<ManagerEvents> {
  readonly connections = new Map<string, RTCPeerConnection>()
  readonly dataChannels = new Map<string, RTCDataChannel>()
  maxReconnectAttempts: number
  private peers: Peers | undefined
  private road!: SignalRoad
  private spare: Connection | undefined

  constructor(
    readonly config: WebRtcConfig = {},
    private readonly store?: OutboxStore,
    private readonly clock: Clock = realClock,
    private readonly rtc: typeof RTCPeerConnection = globalThis.RTCPeerConnection,
  ) {
    super()
    this.maxReconnectAttempts = config.maxReconnectAttempts || 3
  }

  use(road: SignalRoad): void {
    this.road = road
    void this.load()
  }

  /** Browsers take milliseconds to make a connection, its certificate and an offer: the first are made while the hub is dialled. */
  warmUp(): void {
    if (this.spare || this.config.relay === 'only') return
    this.spare = makeConnection(this.rtc, this.configure())
    const { pc } = this.spare
    this.spare.offer = pc.createOffer()
    this.spare.offer.catch(() => undefined)
  }

  get peerIds(): string[] {
    return this.peers ? this.peers.ids : []
  }

  isOpen(peerId: string): boolean {
    return this.path(peerId) !== undefined
  }

  path(peerId: string): PeerPath | undefined {
    return this.peers && this.peers.path(peerId)
  }

  /** Not by way of the hub. */
  isDirect(peerId: string): boolean {
    return this.isOpen(peerId) && this.path(peerId) !== 'hub'
  }

  /** Starts a link to a peer; the initiator offers at once. */
  async createConnection(peerId: string, isInitiator = false): Promise<RTCPeerConnection | undefined> {
    const peers = this.peers || (await this.load())
    peers.start(peerId, isInitiator)
    return this.connections.get(peerId)
  }

  hearSignal(peerId: string, signal: Signal): void {
    this.with((peers) => peers.hearSignal(peerId, signal))
  }

  hearRelayed(peerId: string, frame: Bytes, fast: boolean): void {
    this.with((peers) => peers.hearRelayed(peerId, frame, fast))
  }

  /** Sends once and for all: stored until the peer has it, across reloads of either page. Resolves to the message's id when it is safe. */
  async sendReliable(peerId: string, data: unknown): Promise<string> {
    const peers = this.peers || (await this.load())
    return peers.sendReliable(peerId, data)
  }

  /** Sends at once or not at all: positions in a game, cursors. */
  sendFast(peerId: string, data: unknown): boolean {
    return this.peers !== undefined && this.peers.sendFast(peerId, data)
  }

  /** A message of another kind (request, file, feed) over whatever path is open. */
  async write(peerId: string, message: Bytes): Promise<boolean> {
    return this.peers !== undefined && this.peers.write(peerId, message)
  }

  drop(peerId: string): void {
    if (this.peers) this.peers.drop(peerId)
  }

  close(): void {
    if (this.peers) this.peers.close()
    if (this.spare) this.spare.pc.close()
    this.mute()
  }

  private readonly load = async (): Promise<Peers> => {
    const { Peers } = await loadMeeting((error) => this.emit('error', error))
    return (this.peers =
      this.peers || new Peers(this, { road: this.road, store: this.store, clock: this.clock, connect: () => this.connect() }))
  }

  private with(use: (peers: Peers) => void): void {
    if (this.peers) use(this.peers)
    else void this.load().then(use)
  }

  private connect(): Connection {
    const { spare } = this
    this.spare = undefined
    const config = this.configure()
    if (!spare) return makeConnection(this.rtc, config)
    // The hub named its servers after this one was made. Firefox before 99 can't change them.
    if (!config.iceServers || !config.iceServers.length) return spare
    if (spare.pc.setConfiguration) {
      spare.pc.setConfiguration(config)
      return spare
    }
    spare.pc.close()
    return makeConnection(this.rtc, config)
  }

  private configure(): RTCConfiguration {
    const { relay, maxReconnectAttempts, ...given } = this.config
    return { bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require', iceServers: this.road.iceServers, ...given }
  }
}
