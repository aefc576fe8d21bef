import { hex, utf8, type Bytes } from '../codec/bytes.ts'
import type { Clock } from '../cores/core-driver.ts'
import { chooseCrypto } from '../crypto/choose.ts'
import type { Crypto, Signer } from '../crypto/provider.ts'
import { refusalName } from '../door/refusals.ts'
import { EarlySocket } from '../hub/early-socket.ts'
import { doorOf, HubLink, type LinkNews } from '../hub/hub-link.ts'
import { owner16, peerIdText } from '../identity/peer-id.ts'
import { readInvite, writeInvite, type Invite } from '../rooms/invite.ts'
import { deriveRoom, openRoom, type RoomKeys } from '../rooms/room-keys.ts'
import { Emitter } from './emitter.ts'
import { keepIdentity, type IdentityKind } from './identity-keeper.ts'
import type { OutboxStore } from './outbox-store.ts'
import { LETTER, RoomDesk, type RoomNews } from './room-desk.ts'
import { RoostError } from './roost-error.ts'
import { readSignal, type Signal } from './signals.ts'

export type AppState = 'idle' | 'connecting' | 'open' | 'reconnecting' | 'offline'

export interface SignalingEvents {
  offer: { from: string; offer: RTCSessionDescriptionInit }
  answer: { from: string; answer: RTCSessionDescriptionInit }
  'ice-candidate': { from: string; candidate: RTCIceCandidateInit | null }
  'peer-joined': { peerId: string; isNew: boolean; newcomerIsMe: boolean }
  'peer-left': { peerId: string; reason: string }
  signal: { from: string; signal: Signal }
  relayed: { from: string; frame: Bytes; fast: boolean }
  cast: { from: string; payload: Bytes }
  state: AppState
  error: RoostError
}

export interface SignalingOptions {
  network?: string
  identity?: IdentityKind
  store?: OutboxStore
  clock?: Clock
}

const LEFT_REASONS = ['left', 'connection lost', 'replaced', 'removed by the operator']

/** Seed 001's signaling: the hub link, one room, and sealed letters to its members. */
export class MinimalSignaling extends Emitter<SignalingEvents> {
  peerId: string | null = null
  room: string | null = null
  state: AppState = 'idle'
  iceServers: RTCIceServer[] = []
  desk: RoomDesk | undefined
  provider!: Crypto
  identity!: Signer
  link!: HubLink
  invite: Invite | undefined
  /** The identity was made by this page: nothing is stored under it. */
  isFresh = false
  private connecting: Promise<string> | undefined
  private linking: Promise<void> | undefined
  private choosing: Promise<Crypto> | undefined
  private entered: (() => void) | undefined
  private opened: (() => void) | undefined

  constructor(
    readonly serverUrl: string | string[],
    private readonly options: SignalingOptions = {},
  ) {
    super()
  }

  /** Resolves to this peer's id when a hub has let it in; goes on trying for ever. */
  connect(): Promise<string> {
    return (this.connecting = this.connecting || this.connectOnce())
  }

  get isOpen(): boolean {
    return this.link !== undefined && this.link.isOpen
  }

  /** Enters a room by its name (open to all who know it) or by an invite link; resolves when the hub has told who is there. */
  async joinRoom(roomId: string): Promise<void> {
    const invite = roomId.includes('#') ? readInvite(roomId) : openRoom(this.options.network || '', roomId)
    if (typeof invite === 'string')
      throw new RoostError('hub-refused', invite === 'newer' ? 'This link needs a newer version of the client.' : 'This link is damaged.', 'Copy the whole link again.')
    this.connect().catch(() => undefined) // dials first: the keys are made meanwhile; a failure is told below
    return this.enter(invite, roomId, await deriveRoom(await this.crypto(), invite))
  }

  /** A new room of this peer's own, with a secret; others join by the fragment of its link. */
  async createRoom(): Promise<string> {
    await this.connect()
    const invite = { secret16: crypto.getRandomValues(new Uint8Array(16)), owner16: owner16(this.identity.publicKey) }
    const code = writeInvite(invite)
    await this.enter(invite, code, await deriveRoom(this.provider, invite))
    return code
  }

  /** A sealed signal to one peer; false while that cannot be sent. */
  sendTo(peerId: string, signal: Signal): boolean {
    return this.desk !== undefined && this.desk.post(peerId, LETTER.signal, utf8(JSON.stringify(signal)))
  }

  relayTo(peerId: string, frame: Bytes, fast: boolean): boolean {
    return this.desk !== undefined && this.desk.post(peerId, fast ? LETTER.relayedFast : LETTER.relayed, frame)
  }

  leave(): void {
    if (this.desk) this.link.leave(this.desk.keys.room16)
    this.desk = undefined
    this.room = null
  }

  close(): void {
    this.leave()
    if (this.link) this.link.stop()
    this.mute()
  }

  private async connectOnce(): Promise<string> {
    this.become('connecting')
    const opened = new Promise<void>((open) => (this.opened = open))
    await (this.linking = this.openLink())
    await opened
    return this.peerId!
  }

  private async openLink(): Promise<void> {
    const { identity = 'tab', store, network, clock } = this.options
    const urls = ([] as string[]).concat(this.serverUrl).map(doorOf)
    const early = new EarlySocket(urls[0]) // dials while keys are made
    this.provider = await this.crypto()
    const { signer, isFresh } = await keepIdentity(identity, this.provider, store)
    this.identity = signer
    this.isFresh = isFresh
    this.peerId = peerIdText(signer.publicKey)
    this.link = new HubLink({ urls, crypto: this.provider, identity: signer, network, clock, socket: (url) => early.take(url) }, (news) => this.hearLink(news))
    this.link.start()
  }

  private crypto(): Promise<Crypto> {
    return (this.choosing = this.choosing || chooseCrypto())
  }

  /** JOIN goes out with the proof of the key, before the hub has answered it. */
  private async enter(invite: Invite, name: string, keys: RoomKeys): Promise<void> {
    await this.linking
    this.leave()
    return new Promise<void>((entered) => {
      const desk = new RoomDesk(this.provider, this.identity, keys, this.link, (news) => this.hearRoom(news))
      this.desk = desk
      this.room = name
      this.invite = invite
      this.entered = entered
      this.link.join(joinOf(keys, desk.session16), keys.join)
    })
  }

  private hearLink(news: LinkNews): void {
    if (news.type === 'open') {
      this.iceServers = news.welcome.iceServers
      this.opened?.()
      this.become('open')
    } else if (news.type === 'lost') this.become('reconnecting')
    else if (news.type === 'stopped') {
      this.become('offline')
      if (news.why === 'replaced') this.emit('error', new RoostError('replaced', 'Another page proved the same identity.', 'Close one of the two, or use identity: "tab".'))
    } else if (news.type === 'frame') {
      const { frame } = news
      if (frame.type === 'error') return this.refused(frame.code, frame.text)
      this.desk?.take(frame)
      if (frame.type === 'members' && !frame.more && this.desk && hex(frame.room16) === this.desk.roomId) this.entered?.()
    }
  }

  private refused(code: number, text: string): void {
    const name = refusalName(code)
    if (/^(target-unknown|replaced|shutting-down)$/.test(name)) return // told by states, or made good
    this.emit('error', new RoostError('hub-refused', `The hub refused: ${name}. ${text}`, `docs/client.md#${name}`))
  }

  private hearRoom(news: RoomNews): void {
    if (news.type === 'member') this.emit('peer-joined', news)
    else if (news.type === 'left') this.emit('peer-left', { peerId: news.peerId, reason: LEFT_REASONS[news.reason] || 'left' })
    else if (news.type === 'cast') this.emit('cast', { from: news.peerId, payload: news.payload })
    else if (news.kind === LETTER.signal) {
      const signal = readSignal(new TextDecoder().decode(news.body))
      if (signal) this.hearSignal(news.peerId, signal)
    } else if (news.kind === LETTER.relayed || news.kind === LETTER.relayedFast) {
      this.emit('relayed', { from: news.peerId, frame: news.body, fast: news.kind === LETTER.relayedFast })
    }
  }

  private hearSignal(from: string, signal: Signal): void {
    this.emit('signal', { from, signal })
    if (signal.type === 'offer') this.emit('offer', { from, offer: { type: 'offer', sdp: signal.sdp } })
    else if (signal.type === 'answer') this.emit('answer', { from, answer: { type: 'answer', sdp: signal.sdp } })
    else if (signal.type === 'ice-candidate') this.emit('ice-candidate', { from, candidate: signal.candidate })
  }

  private become(state: AppState): void {
    if (state === this.state) return
    this.state = state
    this.emit('state', state)
  }
}

function joinOf({ room16, owner16, join }: RoomKeys, session16: Bytes) {
  return { room16, owner16, joinPub32: join.publicKey, session16, flags: 0 }
}
