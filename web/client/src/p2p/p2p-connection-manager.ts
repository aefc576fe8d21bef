import { concat, hex, type Bytes } from '../codec/bytes.ts'
import { realClock, type Clock } from '../cores/core-driver.ts'
import { writeContent } from './content.ts'
import { makeConnection, type Connection } from './connection.ts'
import { Emitter } from './emitter.ts'
import type { OutboxStore } from './outbox-store.ts'
import { MAX_MESSAGE_BYTES } from './parts.ts'
import { PeerLink, type LinkEvent } from './peer-link.ts'
import type { PeerPath } from './peer-path.ts'
import { PeerTalk, type TalkNews } from './peer-talk.ts'
import { RoostError, storageError } from './roost-error.ts'
import { readSignal, type Signal } from './signals.ts'
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

interface Peer {
  link: PeerLink
  talk: Promise<PeerTalk>
  rttMs: number
}

/** Seed 001's connection manager: one kept-alive link per peer, numbered messages, one event for everything that happens. */
export class P2PConnectionManager extends Emitter<ManagerEvents> {
  readonly connections = new Map<string, RTCPeerConnection>()
  readonly dataChannels = new Map<string, RTCDataChannel>()
  maxReconnectAttempts: number
  private readonly peers = new Map<string, Peer>()
  /** Lines outlive links: what is queued waits for the peer's return. */
  private readonly talks = new Map<string, Promise<PeerTalk>>()
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
  }

  /** Browsers take milliseconds to make a connection: the first is made while the hub is dialled. */
  warmUp(): void {
    if (!this.spare && this.config.relay !== 'only') this.spare = makeConnection(this.rtc, this.configure())
  }

  get peerIds(): string[] {
    return [...this.peers.keys()]
  }

  isOpen(peerId: string): boolean {
    const peer = this.peers.get(peerId)
    return peer !== undefined && peer.link.isOpen
  }

  path(peerId: string): PeerPath | undefined {
    return this.peers.get(peerId)?.link.path
  }

  /** Starts a link to a peer; the initiator offers at once. */
  async createConnection(peerId: string, isInitiator = false): Promise<RTCPeerConnection | undefined> {
    if (!this.peers.has(peerId)) this.open(peerId).start(isInitiator)
    return this.connections.get(peerId)
  }

  hearSignal(peerId: string, signal: Signal): void {
    if (signal.type === 'bye') return this.drop(peerId)
    let peer = this.peers.get(peerId)
    if (!peer) {
      if (signal.type !== 'offer') return
      this.open(peerId).start(false)
      peer = this.peers.get(peerId)!
    }
    peer.link.hear(signal)
  }

  hearRelayed(peerId: string, frame: Bytes, fast: boolean): void {
    if (!this.peers.has(peerId)) this.open(peerId).start(false)
    this.peers.get(peerId)!.link.hearRelayed(frame, fast)
  }

  /** Sends once and for all: stored until the peer has it, across reloads of either page. Resolves to the message's id when it is safe. */
  async sendReliable(peerId: string, data: unknown): Promise<string> {
    const id = hex(crypto.getRandomValues(new Uint8Array(8)))
    const content = writeContent(data)
    if (content.bytes.length > MAX_MESSAGE_BYTES - 64) {
      const error = new RoostError('message-too-large', `The message has ${content.bytes.length} bytes.`, 'Send at most 16 MiB, or share a file.')
      this.emit('message-failed', { peerId, message: { id }, error })
      throw error
    }
    const talk = await this.talkWith(peerId)
    await talk.send(id, content)
    return id
  }

  /** Sends at once or not at all: positions in a game, cursors. */
  sendFast(peerId: string, data: unknown): boolean {
    const { format, bytes } = writeContent(data)
    const peer = this.peers.get(peerId)
    return peer !== undefined && peer.link.sendFast(concat([format], bytes))
  }

  /** A message of another kind (request, file, feed) over whatever path is open. */
  write(peerId: string, message: Bytes): Promise<boolean> {
    const peer = this.peers.get(peerId)
    return peer ? peer.link.send(message) : Promise.resolve(false)
  }

  drop(peerId: string): void {
    const peer = this.peers.get(peerId)
    if (!peer) return
    this.peers.delete(peerId)
    this.connections.delete(peerId)
    this.dataChannels.delete(peerId)
    const wasOpen = peer.link.isOpen
    peer.link.close()
    void peer.talk.then((talk) => talk.closed())
    if (wasOpen) this.emit('peer-disconnected', { peerId })
  }

  close(): void {
    for (const peerId of this.peerIds) this.drop(peerId)
    this.spare?.pc.close()
    this.talks.forEach((talk) => void talk.then((one) => one.stop()))
    this.mute()
  }

  private open(peerId: string): PeerLink {
    const link = new PeerLink({
      connect: () => this.connect(),
      relay: this.config.relay || 'auto',
      polite: this.road.peerId! < peerId,
      maxAttempts: this.maxReconnectAttempts,
      clock: this.clock,
      say: (signal) => link.sayOverChannel(signal) || this.road.sendTo(peerId, signal),
      sendRelayed: (frame, fast) => this.road.relayTo(peerId, frame, fast),
      canRelay: () => this.road.isOpen,
      heard: (event) => this.peers.get(peerId)?.link === link && this.heard(peerId, event),
    })
    this.peers.set(peerId, { link, talk: this.talkWith(peerId), rttMs: 0 })
    return link
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

  private heard(peerId: string, event: LinkEvent): void {
    const peer = this.peers.get(peerId)!
    switch (event.type) {
      case 'made':
        this.connections.set(peerId, event.pc)
        this.dataChannels.set(peerId, event.main)
        return this.emit('connection-created', { peerId, isInitiator: event.offers })
      case 'state':
        this.emit('connection-state-change', { peerId, state: event.state })
        return event.state === 'failed' ? this.emit('peer-failed', { peerId }) : undefined
      case 'ready':
        return void peer.talk.then((talk) => this.ready(peerId, peer, talk))
      case 'down':
        void peer.talk.then((talk) => talk.closed())
        return this.emit('peer-disconnected', { peerId })
      case 'message':
        return void peer.talk.then((talk) => talk.hear(event.message))
      case 'fast':
        return this.heardFast(peerId, event.message)
      case 'unreachable':
        return this.emit('peer-unreachable', { peerId })
      case 'track':
        for (const stream of event.event.streams) this.emit('stream', { peerId, stream, track: event.event.track })
    }
  }

  private ready(peerId: string, peer: Peer, talk: PeerTalk): void {
    if (this.peers.get(peerId) !== peer || !peer.link.isOpen) return
    talk.opened()
    this.emit('peer-connected', { peerId })
  }

  private async tellPath(peerId: string, rttMs: number): Promise<void> {
    await this.peers.get(peerId)?.link.measured
    const path = this.path(peerId)
    if (path) this.emit('peer-path', { peerId, path, rttMs })
  }

  private heardFast(peerId: string, message: Bytes): void {
    const [format] = message
    try {
      const bytes = message.slice(1)
      this.emit('fast', { peerId, data: format === 1 ? bytes : JSON.parse(new TextDecoder().decode(bytes)) })
    } catch {
      // Not JSON: a broken or hostile peer; lossy data is dropped without a word.
    }
  }

  private talkWith(peerId: string): Promise<PeerTalk> {
    const known = this.talks.get(peerId)
    if (known) return known
    const opening = this.openTalk(peerId)
    this.talks.set(peerId, opening)
    return opening
  }

  private async openTalk(peerId: string): Promise<PeerTalk> {
    const pair = `${this.road.peerId}-${peerId}`
    let { store } = this
    const failed = (error: unknown): undefined => {
      this.emit('error', storageError(error))
      store = undefined
    }
    let stored = this.road.isFresh ? undefined : await store?.load(pair).catch(failed)
    if (!stored) {
      stored = { line16: crypto.getRandomValues(new Uint8Array(16)), lastNumber: 0, queue: [], heard: undefined }
      const beginning = store?.begin(pair, stored.line16).catch(failed)
      if (!this.road.isFresh) await beginning // what is kept later is stored later anyway
    }
    const write = (message: Bytes): Promise<boolean> => this.write(peerId, message)
    return new PeerTalk({ pair, stored, store, clock: this.clock, write, hear: (news) => this.hearTalk(peerId, news) })
  }

  private hearTalk(peerId: string, news: TalkNews): void {
    switch (news.type) {
      case 'message':
        return this.emit('message-received', { peerId, data: news.value })
      case 'sent':
        return this.emit('message-sent', { peerId, message: { id: news.id } })
      case 'delivered':
        return this.emit('message-delivered', { peerId, message: { id: news.id } })
      case 'full': {
        const error = new RoostError('outbox-full', 'Too many messages wait for this peer.', 'Send slower, or wait for message-delivered.')
        return this.emit('message-failed', { peerId, message: { id: news.id }, error })
      }
      case 'storage-failed':
        return this.emit('error', storageError(news.error))
      case 'rtt':
        return void this.tellPath(peerId, news.rttMs)
      case 'signal': {
        const signal = readSignal(news.text)
        return signal ? this.hearSignal(peerId, signal) : undefined
      }
      default:
        return this.emit('frame', { peerId, frame: news })
    }
  }
}
