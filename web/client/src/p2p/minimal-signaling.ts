import { hex, type Bytes } from '../codec/bytes.ts'
import type { Clock } from '../cores/core-driver.ts'
import { chooseCrypto } from '../crypto/choose.ts'
import type { Crypto, Signer } from '../crypto/provider.ts'
import { EarlySocket } from '../hub/early-socket.ts'
import { doorOf, HubLink, type LinkNews } from '../hub/hub-link.ts'
import { peerIdText } from '../identity/peer-id.ts'
import { readInvite, type Invite } from '../rooms/invite.ts'
import { deriveRoom, openRoom, type RoomKeys } from '../rooms/room-keys.ts'
import { abortError, Emitter, onAbort } from './emitter.ts'
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

/** join-refused, too-many-rooms, room-full: docs/protocol/door.md. */
const NO_ENTRY = [7, 11, 12]
const ENTERING = 'Joining'
const nothing = (): void => undefined

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
  private entered: () => void = nothing
  private opened: () => void = nothing
  /** Ends the joining that is under way. */
  private giveUp: (why: unknown) => void = nothing
  private release: () => void = nothing
  private isClosed = false

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
  async joinRoom(roomId: string, signal?: AbortSignal): Promise<void> {
    if (!roomId) throw (await loadMeeting()).badLink('missing')
    const invite = roomId.includes('#') ? readInvite(roomId) : undefined
    if (typeof invite === 'string') throw (await loadMeeting()).badLink(invite)
    this.room = roomId
    this.connect().catch(() => undefined) // dials first: the keys are made meanwhile; a failure is told below
    const room = invite || openRoom(this.options.network || '', roomId)
    return this.enter(room, roomId, await deriveRoom(await this.crypto(), room), signal)
  }

  /** A new room of this peer's own, with a secret; others join by the fragment of its link. */
  async createRoom(): Promise<string> {
    this.connect().catch(() => undefined)
    await this.linking
    const { newInvite } = await loadMeeting()
    const { invite, code } = newInvite(this.identity.publicKey)
    this.room = code
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
    const { giveUp } = this
    this.giveUp = nothing
    giveUp(abortError(ENTERING))
  }

  close(): void {
    this.isClosed = true
    this.leave()
    if (this.link) this.link.stop()
    this.release()
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
    const { signer, isFresh, release } = await keepIdentity(identity, this.provider, store)
    this.release = release
    if (this.isClosed) {
      early.close()
      release()
      throw abortError(ENTERING)
    }
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
  private async enter(invite: Invite, name: string, keys: RoomKeys, signal?: AbortSignal): Promise<void> {
    await this.linking
    const { RoomDesk, roomEvents } = await loadMeeting()
    if (this.room !== name) throw abortError(ENTERING) // it was left, or another one was asked for
    this.leave()
    return new Promise<void>((entered, failed) => {
      const desk = new RoomDesk(this.provider, this.identity, keys, this.link, roomEvents(this))
      this.desk = desk
      this.room = name
      this.invite = invite
      this.entered = entered
      this.giveUp = failed
      onAbort(signal, () => failed === this.giveUp && this.leave())
      if (this.desk === desk) this.link.join(joinOf(keys, desk.session16), keys.join)
    })
  }

  private hearLink(news: LinkNews): void {
    if (news.type === 'open') {
      this.iceServers = news.welcome.iceServers
      this.opened()
      this.become('open')
    } else if (news.type === 'lost') this.become('reconnecting')
    else if (news.type === 'stopped') {
      this.become('offline')
      this.connecting = undefined // it must not dial again by itself, only when a room is asked for
      this.release()
      if (news.why === 'replaced') this.tell(({ replaced }) => replaced(), true)
    } else if (news.type === 'frame') {
      const { frame } = news
      if (frame.type === 'error') return this.tell(({ refusalOf }) => refusalOf(frame.code, frame.text), NO_ENTRY.includes(frame.code))
      const { desk } = this
      if (!desk) return
      desk.take(frame)
      if (frame.type === 'members' && !frame.more && hex(frame.room16) === desk.roomId) {
        this.giveUp = nothing
        this.entered()
      }
    }
  }

  private tell(error: (meeting: typeof import('./meeting.ts')) => RoostError | undefined, endsJoining: boolean): void {
    void loadMeeting().then((meeting) => {
      const known = error(meeting)
      if (known) this.emit('error', known)
      if (!endsJoining || this.giveUp === nothing) return
      this.giveUp(known)
      this.leave()
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
