import { fromHex, hex, type Bytes } from '../codec/bytes.ts'
import { realClock, type Clock } from '../cores/core-driver.ts'
import type { Crypto, Signer } from '../crypto/provider.ts'
import { ROLE_HOST } from '../door/door-frames.ts'
import type { HubLink, LinkNews } from '../hub/hub-link.ts'
import { peerId20 } from '../identity/peer-id.ts'
import { RoomDesk, type RoomNews } from '../p2p/room-desk.ts'
import type { Signal } from '../p2p/signals.ts'
import type { RoomKeys } from '../rooms/room-keys.ts'
import type { LinksNews } from './links-news.ts'
import { SessionLink } from './session-link.ts'

export interface LinksSetup {
  crypto: Crypto
  identity: Signer
  room: RoomKeys
  session16: Bytes
  link: HubLink
  /** Who looks for a link: a viewer, to the host; of two members of a document the one whose id is smaller. A host waits for offers. */
  role: 'viewer' | 'host' | 'member'
  maxLinks: number
  clock?: Clock
  rtc?: typeof RTCPeerConnection
}

/** LEFT's reason for a lost connection: that is not leaving, and a link that is up goes on without a hub. */
const CONNECTION_LOST = 1
const REST_MS = [30_000, 60_000, 120_000, 300_000, 600_000]
/** A peer may make this page build so many connections at once, and then one more every two seconds; so many it makes by itself, in a room where all are full. */
const MAX_OFFERS = 6
const OFFER_EVERY_MS = 2_000

/** Direct links of one room: a viewer's to the host, a host's to those viewers who asked first, a document's members' to one another. docs/protocol/signaling.md, "Sessions". */
export class SessionLinks {
  private readonly desk: RoomDesk
  private readonly self: string
  private readonly clock: Clock
  private readonly links = new Map<string, SessionLink>()
  private readonly offers = new Map<string, { left: number; atMs: number }>()
  private iceServers: RTCIceServer[] = []
  /** Who was asked in vain: how often, and what ends the pause before it is asked again. */
  private readonly rests = new Map<string, { count: number; cancel?: () => void }>()
  private cancelSeek: (() => void) | undefined
  private hub = ''
  private isOver = false

  constructor(
    private readonly setup: LinksSetup,
    private readonly tell: (news: LinksNews) => void,
    /** What the hub has said so far. */
    missed: LinkNews[],
  ) {
    this.clock = setup.clock || realClock
    this.self = hex(peerId20(setup.identity.publicKey))
    this.desk = new RoomDesk(setup.crypto, setup.identity, setup.room, setup.link, (news) => this.hearRoom(news), setup.session16)
    missed.forEach((news) => this.hear(news))
  }

  hear(news: LinkNews): void {
    if (news.type === 'open') {
      this.iceServers = news.welcome.iceServers
      this.hub = hex(peerId20(news.hubPub32))
    } else if (news.type === 'frame') this.desk.take(news.frame)
  }

  /** Over the link while it is up; dropped else, since readers ask for what they miss. */
  send(peer20: Bytes, payload: Bytes): void {
    this.links.get(hex(peer20))?.send(payload)
  }

  /** With so much unsent that nothing more should be given to it. */
  isFull(peer20: Bytes): boolean {
    return !!this.links.get(hex(peer20))?.isFull
  }

  stop(): void {
    this.isOver = true
    this.cancelSeek?.()
    this.rests.forEach(({ cancel }) => cancel?.())
    for (const peerId of [...this.links.keys()]) this.drop(peerId)
  }

  private hearRoom(news: RoomNews): void {
    const { peerId } = news
    if (news.type === 'member') {
      const session = hex(this.desk.members.get(peerId)!.session16)
      const link = this.links.get(peerId)
      if (link && link.session !== session) this.drop(peerId) // a new page: the old connection is dead, whatever it says
      this.seek(peerId)
    } else if (news.type === 'left') {
      if (news.reason === CONNECTION_LOST) return
      this.rests.get(peerId)?.cancel?.()
      this.rests.delete(peerId)
      this.drop(peerId)
    } else if (news.type === 'signal') this.hearSignal(peerId, news.signal)
  }

  private hearSignal(peerId: string, signal: Signal): void {
    if (signal.type === 'bye') return this.rest(peerId)
    if (signal.type === 'offer') {
      if (!this.mayOffer(peerId)) return
      if (!this.links.has(peerId)) {
        if (this.links.size >= this.setup.maxLinks) return void this.say(peerId, { type: 'bye' })
        this.open(peerId, false)
      }
    }
    this.links.get(peerId)?.hear(signal)
  }

  /** Offers, where that is for this side to do, there is room and a hub, and the peer was not asked in vain a while ago. */
  private seek(peerId: string): void {
    if (this.isOver || !this.setup.link.isOpen || !this.offersTo(peerId) || this.rests.get(peerId)?.cancel) return
    if (this.links.has(peerId) || this.links.size >= this.setup.maxLinks) return
    if (this.mayOffer(this.self)) this.open(peerId, true)
    else this.cancelSeek = this.cancelSeek || this.clock.after(OFFER_EVERY_MS, () => this.seekAll())
  }

  private seekAll(): void {
    this.cancelSeek?.()
    this.cancelSeek = undefined
    for (const peerId of this.desk.members.keys()) this.seek(peerId)
  }

  private offersTo(peerId: string): boolean {
    const { role } = this.setup
    const member = this.desk.members.get(peerId)
    if (!member || peerId === this.hub) return false
    return role === 'viewer' ? member.role === ROLE_HOST : role === 'member' && this.self < peerId
  }

  /** The peer has no room for one more link, wants none, or cannot be reached: asked again later, and ever later. Without a hub the next one's MEMBERS does. */
  private rest(peerId: string): void {
    if (this.offersTo(peerId) && this.setup.link.isOpen) {
      const rest = this.rests.get(peerId) || { count: 0 }
      this.rests.set(peerId, rest)
      rest.cancel?.()
      const restMs = REST_MS[Math.min(rest.count++, REST_MS.length - 1)]
      rest.cancel = this.clock.after(restMs * (0.8 + Math.random() * 0.4), () => {
        rest.cancel = undefined
        if (!this.desk.members.has(peerId)) this.rests.delete(peerId)
        this.seek(peerId)
      })
    }
    this.drop(peerId)
  }

  private open(peerId: string, offers: boolean): void {
    const rtc = this.setup.rtc || globalThis.RTCPeerConnection
    const member = this.desk.members.get(peerId)
    if (!rtc || !member) return
    const link = new SessionLink({
      peer20: fromHex(peerId)!,
      session: hex(member.session16),
      offers,
      polite: this.self < peerId,
      iceServers: this.iceServers,
      clock: this.clock,
      rtc,
      say: (signal) => this.say(peerId, signal),
      tell: (news) => {
        if (this.links.get(peerId) !== link) return
        if (news.type === 'up') this.rests.delete(peerId)
        this.tell(news)
      },
      // A viewer goes on looking for a path now and then; other seats are for those who can use them.
      unreachable: () => void (this.setup.role !== 'viewer' && this.links.get(peerId) === link && this.rest(peerId)),
    })
    this.links.set(peerId, link)
    link.start()
  }

  private drop(peerId: string): void {
    const link = this.links.get(peerId)
    if (!link) return
    link.close() // tells `down` while it is still the current one
    this.links.delete(peerId)
    this.seekAll() // a place is free: whoever waited for one gets it
  }

  private say(peerId: string, signal: Signal): void {
    this.desk.say(peerId, signal)
  }

  private mayOffer(peerId: string): boolean {
    const nowMs = this.clock.nowMs()
    const bucket = this.offers.get(peerId) || { left: MAX_OFFERS, atMs: nowMs }
    bucket.left = Math.min(MAX_OFFERS, bucket.left + (nowMs - bucket.atMs) / OFFER_EVERY_MS)
    bucket.atMs = nowMs
    if (this.offers.size > 10_000) this.offers.clear()
    this.offers.set(peerId, bucket)
    if (bucket.left < 1) return false
    bucket.left--
    return true
  }
}
