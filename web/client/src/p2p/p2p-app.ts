import type { Bytes } from '../codec/bytes.ts'
import type { Clock } from '../cores/core-driver.ts'
import { Emitter, type ListenOptions } from './emitter.ts'
import type { FileArrival, FileOffer, FileProgress, Files, SendFileOptions } from '../files/files.ts'
import type { IdentityKind } from './identity-keeper.ts'
import { MinimalSignaling, type AppState } from './minimal-signaling.ts'
import { lazy } from './lazy.ts'
import { LazyOutboxStore, type OutboxStore } from './outbox-store.ts'
import { P2PConnectionManager, type WebRtcConfig } from './p2p-connection-manager.ts'
import type { PeerPath } from './peer-path.ts'
import type { RequestHandler, RequestOptions } from './requests.ts'
import { RoostError } from './roost-error.ts'

export interface P2PAppConfig {
  /** One hub or several, tried in turn. Default: where the page came from, else http://localhost:3001 (seed 001). */
  signalingServer?: string | string[]
  webrtc?: WebRtcConfig
  identity?: IdentityKind
  /** Peers of different applications never meet. */
  appId?: string
  /** Where unacknowledged messages are kept; `null` keeps them in memory only. */
  store?: OutboxStore | null
  clock?: Clock
  rtc?: typeof RTCPeerConnection
}

export interface AppEvents {
  'peer-joined': { peerId: string }
  'peer-left': { peerId: string; reason: string }
  'peer-ready': { peerId: string }
  'peer-path': { peerId: string; path: PeerPath; rttMs: number }
  'peer-unreachable': { peerId: string }
  message: { peerId: string; data: { type: string; content: any; timestamp: number } }
  fast: { peerId: string; data: any }
  stream: { peerId: string; stream: MediaStream; track: MediaStreamTrack }
  'message-delivered': { peerId: string; messageId: string }
  /** Somebody sends a file; `decline()` stops it. */
  'file-offer': FileOffer
  'file-progress': FileProgress
  file: FileArrival
  state: AppState
  error: RoostError
}

export interface SendResult {
  peerId: string
  success: boolean
  messageId?: string
  error?: unknown
}

/** Parts that may never be wanted are fetched once the first connections had their time. */
const FETCH_REST_AFTER_MS = 1_000

/** Seed 001's application: join a room, and talk to whoever is in it. */
export class P2PApp extends Emitter<AppEvents> {
  readonly signaling: MinimalSignaling
  readonly connectionManager: P2PConnectionManager
  private readonly methods = new Map<string, RequestHandler>()
  private readonly keeps: boolean
  private readonly joined = new Set<string>()
  private readonly gone = new Set<string>()

  constructor(config: P2PAppConfig = {}) {
    super()
    const store = config.store === null || config.identity === 'ephemeral' ? undefined : config.store || defaultStore()
    this.signaling = new MinimalSignaling(config.signalingServer || defaultServer(), { network: config.appId, identity: config.identity, store, clock: config.clock })
    this.keeps = store !== undefined
    this.connectionManager = new P2PConnectionManager(config.webrtc, store, config.clock, config.rtc)
    this.connectionManager.use(this.signaling)
    this.listen()
  }

  get peerId(): string | null {
    return this.signaling.peerId
  }

  get state(): AppState {
    return this.signaling.state
  }

  private readonly requests = lazy(() => import('./requests.ts').then(({ Requests }) => new Requests(this.write, this.methods)))
  private readonly files = lazy(() => import('../files/open-files.ts').then(({ openFiles }) => (this.opened = openFiles(this, this.keeps))))
  private opened: Files | undefined
  private readonly write = (peerId: string, message: Bytes): Promise<boolean> => this.connectionManager.write(peerId, message)

  /** Enters a room by name or by invite link, and resolves to this peer's id. One room at a time. */
  async joinRoom(roomId: string, { signal }: ListenOptions = {}): Promise<string> {
    await this.enter(() => this.signaling.joinRoom(roomId, signal))
    return this.peerId!
  }

  /** Opens a room of one's own with a secret; resolves to the fragment that invites others: `joinRoom('#' + fragment)`. */
  createRoom(): Promise<string> {
    return this.enter(() => this.signaling.createRoom())
  }

  /** To everyone in the room, or to some; waits for those who are away, and says for each how it went. */
  sendMessage(content: unknown, options: { to?: string | string[] } = {}): Promise<SendResult[]> {
    const peers = options.to === undefined ? [...this.joined] : ([] as string[]).concat(options.to)
    const message = content instanceof ArrayBuffer || ArrayBuffer.isView(content) ? content : { type: 'message', content, timestamp: Date.now() }
    return Promise.all(
      peers.map((peerId) =>
        this.connectionManager.sendReliable(peerId, message).then(
          (messageId) => ({ peerId, messageId, success: true }),
          (error) => ({ peerId, error, success: false }),
        ),
      ),
    )
  }

  /** To everyone at once, unordered, and lost rather than late. */
  sendFast(data: unknown): void {
    for (const peerId of this.connectionManager.peerIds) this.connectionManager.sendFast(peerId, data)
  }

  /** To everyone who is ready; resolves to who got all of it. */
  async shareFile(file: Blob, options: SendFileOptions = {}): Promise<{ peerId: string; success: boolean }[]> {
    const peers = this.connectionManager.peerIds.filter((peerId) => this.connectionManager.isOpen(peerId))
    return Promise.all(peers.map(async (peerId) => ({ peerId, success: await this.sendFileToUser(peerId, file, options) })))
  }

  /** Goes on after lost links, and after reloads when it is called with the same file again. True when the other side has checked all of it. */
  async sendFileToUser(peerId: string, file: Blob, options: SendFileOptions = {}): Promise<boolean> {
    return (await this.files()).send(peerId, file, options)
  }

  async request<T>(peerId: string, method: string, params?: unknown, options: RequestOptions = {}): Promise<T> {
    return (await this.requests()).request(peerId, method, params, options)
  }

  /** Answers what others `request`; the returned function stops that. */
  handle(method: string, handler: RequestHandler): () => void {
    this.methods.set(method, handler)
    return () => void (this.methods.get(method) === handler && this.methods.delete(method))
  }

  leaveRoom(): void {
    for (const peerId of this.connectionManager.peerIds) {
      this.signaling.sendTo(peerId, { type: 'bye' })
      this.connectionManager.drop(peerId)
    }
    this.joined.clear()
    this.signaling.leave()
  }

  /** Says goodbye. No event comes after this. */
  async close(): Promise<void> {
    this.mute()
    this.leaveRoom()
    this.connectionManager.close()
    this.signaling.close()
  }

  private enter<T>(enter: () => Promise<T>): Promise<T> {
    this.leaveRoom()
    const entering = enter()
    this.connectionManager.warmUp() // while the hub is dialled
    // Nothing of the client may be missing when every hub is gone.
    entering.then(() => setTimeout(() => (this.requests(), this.files()), FETCH_REST_AFTER_MS)).catch(() => undefined)
    return entering
  }

  private listen(): void {
    const { signaling, connectionManager: manager } = this
    this.pass(signaling, 'state', 'error')
    signaling.on('peer-joined', ({ peerId, isNew, newcomerIsMe }) => this.came(peerId, isNew, newcomerIsMe))
    signaling.on('peer-left', ({ peerId, reason }) => this.left(peerId, reason))
    signaling.on('signal', ({ from, signal }) => manager.hearSignal(from, signal))
    signaling.on('relayed', ({ from, frame, fast }) => manager.hearRelayed(from, frame, fast))
    manager.on('peer-connected', ({ peerId }) => {
      this.emit('peer-ready', { peerId })
      this.opened?.changed(peerId)
    })
    manager.on('peer-disconnected', ({ peerId }) => {
      this.opened?.changed(peerId)
      if (this.gone.has(peerId)) this.forget(peerId, 'connection lost')
    })
    this.pass(manager, 'peer-path', 'peer-unreachable', 'fast', 'stream', 'error')
    manager.on('message-received', (message) => this.emit('message', wrap(message)))
    manager.on('message-delivered', ({ peerId, message }) => this.emit('message-delivered', { peerId, messageId: message.id }))
    manager.on('frame', ({ peerId, frame }) => {
      if (frame.type === 'file') void this.files().then((files) => files.hear(peerId, frame))
      if (frame.type === 'request' || frame.type === 'response') void this.requests().then((requests) => requests.hear(peerId, frame))
    })
  }

  /** Events of a part that are the application's too. */
  private pass(from: Emitter<any>, ...types: (keyof AppEvents)[]): void {
    for (const type of types) from.on(type, (value) => this.emit(type, value))
  }

  private came(peerId: string, isNew: boolean, newcomerIsMe: boolean): void {
    this.gone.delete(peerId)
    if (isNew) this.connectionManager.drop(peerId) // a new page: the old connection is dead, whatever it says
    if (!this.joined.has(peerId)) {
      this.joined.add(peerId)
      this.emit('peer-joined', { peerId })
    }
    void this.connectionManager.createConnection(peerId, newcomerIsMe)
  }

  /** Losing its hub is not leaving: an open connection goes on without. */
  private left(peerId: string, reason: string): void {
    const path = this.connectionManager.path(peerId)
    if (reason === 'connection lost' && path && path !== 'hub') this.gone.add(peerId)
    else this.forget(peerId, reason)
  }

  private forget(peerId: string, reason: string): void {
    this.gone.delete(peerId)
    this.connectionManager.drop(peerId)
    if (reason !== 'connection lost') this.joined.delete(peerId) // messages wait for who was only cut off
    this.emit('peer-left', { peerId, reason })
  }
}

function wrap({ peerId, data }: { peerId: string; data: any }): AppEvents['message'] {
  return data && data.type && !(data instanceof Uint8Array) ? { peerId, data } : { peerId, data: { type: 'message', content: data, timestamp: Date.now() } }
}

function defaultServer(): string {
  return typeof location === 'object' && /^http/.test(location.protocol) ? location.origin : 'http://localhost:3001'
}

let shared: OutboxStore | undefined

/** One for all applications of the page, so that what one wrote the next one reads. */
function defaultStore(): OutboxStore | undefined {
  return typeof indexedDB === 'object' ? (shared = shared || new LazyOutboxStore()) : undefined
}
