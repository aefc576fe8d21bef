import { hex, type Bytes } from '../codec/bytes.ts'
import type { Clock } from '../cores/core-driver.ts'
import { chooseCrypto } from '../crypto/choose.ts'
import type { Crypto, Signer } from '../crypto/provider.ts'
import { EarlySocket } from '../hub/early-socket.ts'
import { doorOf, HubLink, type LinkNews } from '../hub/hub-link.ts'
import { peerIdText } from '../identity/peer-id.ts'
import { readInvite, type Invite } from '../rooms/invite.ts'
import { deriveRoom, openRoom, type RoomKeys } from '../rooms/room-keys.ts'
import { Emitter } from './emitter.ts'
import { keepIdentity, type IdentityKind } from './identity-keeper.ts'
import { loadMeeting } from './load-meeting.ts'
import type { OutboxStore } from './outbox-store.ts'
import type { RoomDesk } from './room-desk.ts'
import type { RoostError } from './roost-error.ts'
import type { Signal } from './signals.ts'

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
    const invite = roomId.includes('#') ? readInvite(roomId) : undefined
    if (typeof invite === 'string') throw (await loadMeeting()).badLink(invite)
    this.connect().catch(() => undefined) // dials first: the keys are made meanwhile; a failure is told below
    const room = invite || openRoom(this.options.network || '', roomId)
    return this.enter(room, roomId, await deriveRoom(await this.crypto(), room))
  }

  /** A new room of this peer's own, with a secret; others join by the fragment of its link. */
  async createRoom(): Promise<string> {
    await this.connect()
    const { newInvite } = await loadMeeting()
    const { invite, code } = newInvite(this.identity.publicKey)
    await this.enter(invite, code, await deriveRoom(this.provider, invite))
    return code
  }

  /** A sealed signal to one peer; false while that cannot be sent. */
  sendTo(peerId: string, signal: Signal): boolean {
    return this.desk !== undefined && this.desk.say(peerId, signal)
  }

  relayTo(peerId: string, frame: Bytes, fast: boolean): boolean {
    return this.desk !== undefined && this.desk.relay(peerId, frame, fast)
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
    this.link = new HubLink(
      { urls, crypto: this.provider, identity: signer, checkWelcome: async (...said) => (await loadMeeting()).checkWelcome(...said), network, clock, socket: (url) => early.take(url) },
      (news) => this.hearLink(news),
    )
    this.link.start()
  }

  private crypto(): Promise<Crypto> {
    return (this.choosing = this.choosing || chooseCrypto())
  }

  /** JOIN goes out with the proof of the key, before the hub has answered it. */
  private async enter(invite: Invite, name: string, keys: RoomKeys): Promise<void> {
    await this.linking
    const { RoomDesk, roomEvents } = await loadMeeting()
    this.leave()
    return new Promise<void>((entered) => {
      const desk = new RoomDesk(this.provider, this.identity, keys, this.link, roomEvents(this))
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
      if (news.why === 'replaced') this.tell(({ replaced }) => replaced())
    } else if (news.type === 'frame') {
      const { frame } = news
      if (frame.type === 'error') return this.tell(({ refusalOf }) => refusalOf(frame.code, frame.text))
      this.desk?.take(frame)
      if (frame.type === 'members' && !frame.more && this.desk && hex(frame.room16) === this.desk.roomId) this.entered?.()
    }
  }

  private tell(error: (meeting: typeof import('./meeting.ts')) => RoostError | undefined): void {
    void loadMeeting().then((meeting) => {
      const known = error(meeting)
      if (known) this.emit('error', known)
    })
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
