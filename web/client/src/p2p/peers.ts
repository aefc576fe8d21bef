import { concat, hex, type Bytes } from '../codec/bytes.ts'
import type { Clock } from '../cores/core-driver.ts'
import type { Connection } from './connection.ts'
import { writeContent } from './content.ts'
import type { OutboxStore } from './outbox-store.ts'
import type { P2PConnectionManager, SignalRoad } from './p2p-connection-manager.ts'
import { MAX_MESSAGE_BYTES } from './parts.ts'
import { PeerLink, type LinkEvent } from './peer-link.ts'
import type { PeerPath } from './peer-path.ts'
import { PeerTalk, type TalkNews } from './peer-talk.ts'
import { storageError } from './errors.ts'
import { RoostError } from './roost-error.ts'
import { readSignal, type Signal } from './signals.ts'

export interface PeersSetup {
  road: SignalRoad
  store: OutboxStore | undefined
  clock: Clock
  connect(): Connection
}

interface Peer {
  link: PeerLink
  talk: Promise<PeerTalk>
}

/** All peers of one connection manager: a link and numbered messages for each. */
export class Peers {
  private readonly peers = new Map<string, Peer>()
  /** Lines outlive links: what is queued waits for the peer's return. */
  private readonly talks = new Map<string, Promise<PeerTalk>>()

  constructor(
    /** Whose events and maps these are. */
    private readonly manager: P2PConnectionManager,
    private readonly setup: PeersSetup,
  ) {}

  get ids(): string[] {
    return [...this.peers.keys()]
  }

  path(peerId: string): PeerPath | undefined {
    const peer = this.peers.get(peerId)
    return peer && peer.link.path
  }

  start(peerId: string, offers: boolean): void {
    if (!this.peers.has(peerId)) this.open(peerId).start(offers)
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

  async sendReliable(peerId: string, data: unknown): Promise<string> {
    if (!/^[0-9a-f]{40}$/.test(peerId) || peerId === this.setup.road.peerId) throw new RoostError('no-such-peer', `${peerId} is no other peer.`, 'Take the peerId of an event.')
    const id = hex(crypto.getRandomValues(new Uint8Array(8)))
    const content = writeContent(data)
    if (content.bytes.length > MAX_MESSAGE_BYTES - 64) {
      const error = new RoostError('message-too-large', `The message has ${content.bytes.length} bytes.`, 'Send at most 16 MiB, or share a file.')
      this.manager.emit('message-failed', { peerId, message: { id }, error })
      throw error
    }
    const talk = await this.talkWith(peerId)
    await talk.send(id, content)
    return id
  }

  sendFast(peerId: string, data: unknown): boolean {
    const { format, bytes } = writeContent(data)
    const peer = this.peers.get(peerId)
    return peer !== undefined && peer.link.sendFast(concat([format], bytes))
  }

  write(peerId: string, message: Bytes): Promise<boolean> {
    const peer = this.peers.get(peerId)
    return peer ? peer.link.send(message) : Promise.resolve(false)
  }

  drop(peerId: string): void {
    const peer = this.peers.get(peerId)
    if (!peer) return
    this.peers.delete(peerId)
    this.manager.connections.delete(peerId)
    this.manager.dataChannels.delete(peerId)
    const wasOpen = peer.link.isOpen
    peer.link.close()
    void peer.talk.then((talk) => talk.closed())
    if (wasOpen) this.manager.emit('peer-disconnected', { peerId })
  }

  close(): void {
    for (const peerId of this.ids) this.drop(peerId)
    this.talks.forEach((talk) => void talk.then((one) => one.stop()))
  }

  private open(peerId: string): PeerLink {
    const link = new PeerLink({
      connect: () => this.setup.connect(),
      relay: this.manager.config.relay || 'auto',
      polite: this.setup.road.peerId! < peerId,
      maxAttempts: this.manager.maxReconnectAttempts,
      clock: this.setup.clock,
      say: (signal) => link.sayOverChannel(signal) || this.setup.road.sendTo(peerId, signal),
      sendRelayed: (frame, fast) => this.setup.road.relayTo(peerId, frame, fast),
      canRelay: () => this.setup.road.isOpen,
      heard: (event) => this.peers.get(peerId)?.link === link && this.heard(peerId, event),
    })
    this.peers.set(peerId, { link, talk: this.talkWith(peerId) })
    return link
  }

  private heard(peerId: string, event: LinkEvent): void {
    const peer = this.peers.get(peerId)!
    switch (event.type) {
      case 'made':
        this.manager.connections.set(peerId, event.pc)
        this.manager.dataChannels.set(peerId, event.main)
        return this.manager.emit('connection-created', { peerId, isInitiator: event.offers })
      case 'state':
        this.manager.emit('connection-state-change', { peerId, state: event.state })
        return event.state === 'failed' ? this.manager.emit('peer-failed', { peerId }) : undefined
      case 'ready':
        return void peer.talk.then((talk) => this.ready(peerId, peer, talk))
      case 'down':
        void peer.talk.then((talk) => talk.closed())
        return this.manager.emit('peer-disconnected', { peerId })
      case 'message':
        return void peer.talk.then((talk) => talk.hear(event.message))
      case 'fast':
        return this.heardFast(peerId, event.message)
      case 'unreachable':
        return this.manager.emit('peer-unreachable', { peerId })
      case 'track':
        for (const stream of event.event.streams) this.manager.emit('stream', { peerId, stream, track: event.event.track })
    }
  }

  private ready(peerId: string, peer: Peer, talk: PeerTalk): void {
    if (this.peers.get(peerId) !== peer || !peer.link.isOpen) return
    talk.opened()
    this.manager.emit('peer-connected', { peerId })
  }

  private async tellPath(peerId: string, rttMs: number): Promise<void> {
    await this.peers.get(peerId)?.link.measured
    const path = this.path(peerId)
    if (path) this.manager.emit('peer-path', { peerId, path, rttMs })
  }

  private heardFast(peerId: string, message: Bytes): void {
    const [format] = message
    try {
      const bytes = message.slice(1)
      this.manager.emit('fast', { peerId, data: format === 1 ? bytes : JSON.parse(new TextDecoder().decode(bytes)) })
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
    const pair = `${this.setup.road.peerId}-${peerId}`
    let { store } = this.setup
    const failed = (error: unknown): undefined => {
      this.manager.emit('error', storageError(error))
      store = undefined
    }
    let stored = this.setup.road.isFresh || !store ? undefined : await store.load(pair).catch(failed)
    if (!stored) {
      stored = { line16: crypto.getRandomValues(new Uint8Array(16)), lastNumber: 0, queue: [], heard: undefined }
      const beginning = store && store.begin(pair, stored.line16).catch(failed)
      if (!this.setup.road.isFresh) await beginning // what is kept later is stored later anyway
    }
    const write = (message: Bytes): Promise<boolean> => this.write(peerId, message)
    return new PeerTalk({ pair, stored, store, clock: this.setup.clock, write, hear: (news) => this.hearTalk(peerId, news) })
  }

  private hearTalk(peerId: string, news: TalkNews): void {
    switch (news.type) {
      case 'message':
        return this.manager.emit('message-received', { peerId, data: news.value })
      case 'sent':
        return this.manager.emit('message-sent', { peerId, message: { id: news.id } })
      case 'delivered':
        return this.manager.emit('message-delivered', { peerId, message: { id: news.id } })
      case 'full': {
        const error = new RoostError('outbox-full', 'Too many messages wait for this peer.', 'Send slower, or wait for message-delivered.')
        return this.manager.emit('message-failed', { peerId, message: { id: news.id }, error })
      }
      case 'storage-failed':
        return this.manager.emit('error', storageError(news.error))
      case 'rtt':
        return void this.tellPath(peerId, news.rttMs)
      case 'signal': {
        const signal = readSignal(news.text)
        return signal ? this.hearSignal(peerId, signal) : undefined
      }
      default:
        return this.manager.emit('frame', { peerId, frame: news })
    }
  }
}
