import { equal, type Bytes } from '../codec/bytes.ts'
import type { ProtocolCore, Wake } from '../cores/protocol-core.ts'
import type { LinksNews, Via } from '../direct/links-news.ts'
import { ROLE_HOST, type HubFrame, type Member } from '../door/door-frames.ts'
import { writeSend } from '../door/peer-frames.ts'
import { TARGET_UNKNOWN } from '../door/refusals.ts'
import { FeedReader, type FeedEffect, type FeedInput } from '../feeds/feed-reader.ts'
import { owner16 } from '../identity/peer-id.ts'
import type { LinkNews } from '../hub/hub-link.ts'
import { peerId20 } from '../identity/peer-id.ts'

export type WatchInput =
  | { type: 'link'; news: LinkNews }
  | { type: 'restored'; frames: Bytes[] }
  | { type: 'tell-host'; payload: Bytes }
  | { type: 'direct'; news: LinksNews }
  | Exclude<FeedInput, { type: 'source' | 'frame' | 'gap' }>

export type WatchEffect = Exclude<FeedEffect, { type: 'send' }> | { type: 'transmit'; bytes: Bytes } | { type: 'say-direct'; to20: Bytes; payload: Bytes } | { type: 'status'; status: WatchStatus }

export interface WatchStatus {
  link: 'connecting' | 'open' | 'lost' | 'replaced'
  /** When the next attempt starts, while the link is lost. */
  retryAtMs: number
  /** Undefined until the hub has said who is in the room. */
  host: boolean | undefined
  caughtUp: boolean
  ended: boolean
  fault: 'fork' | 'rollback' | undefined
  /** How the host is reached; undefined over the hub. */
  via?: Via
  /** The hub's last refusal, until something works again. */
  refusal: { code: number; text: string } | undefined
}

/** A reason of LEFT. */
const CONNECTION_LOST = 1

/** A viewer of one session: who the host is, and the reader of his feed; while no host is here, the hub's keeper is asked (docs/protocol/keeping.md). */
export class WatchCore implements ProtocolCore<WatchInput, WatchEffect> {
  private readonly effects: WatchEffect[] = []
  private readonly reader: FeedReader
  private status: WatchStatus = { link: 'connecting', retryAtMs: 0, host: undefined, caughtUp: false, ended: false, fault: undefined, refusal: undefined }
  private host20: Bytes | undefined
  private keeper20: Bytes | undefined
  /** Whether a hub says that the host is in the room, and whether he is linked with directly: either will do. */
  private isInRoom = false
  private isDirect = false

  constructor(private readonly room: { room16: Bytes; owner16: Bytes }) {
    this.reader = new FeedReader(room.room16, (author32) => equal(owner16(author32), room.owner16))
  }

  get nextWake(): Wake | undefined {
    return this.reader.nextWake
  }

  take(): WatchEffect | undefined {
    return this.effects.shift()
  }

  handle(input: WatchInput, nowMs: number): void {
    if (input.type === 'link') this.hearLink(input.news, nowMs)
    else if (input.type === 'tell-host') this.tellHost(input.payload)
    else if (input.type === 'direct') this.hearDirect(input.news, nowMs)
    else if (input.type === 'restored') input.frames.forEach((bytes) => this.feed({ type: 'frame', bytes }, nowMs))
    else this.feed(input, nowMs)
  }

  tick(nowMs: number): void {
    this.reader.tick(nowMs)
    this.drainReader()
  }

  /** The host, while it is in the room. */
  get host(): Bytes | undefined {
    return this.host20
  }

  private tellHost(payload: Bytes): void {
    if (this.host20) this.say(this.host20, payload)
  }

  private hearLink(news: LinkNews, nowMs: number): void {
    switch (news.type) {
      case 'open':
        this.keeper20 = peerId20(news.hubPub32)
        return this.tell({ link: 'open', refusal: undefined })
      case 'lost':
        this.keeper20 = undefined
        this.tell({ link: 'lost', retryAtMs: news.retryAtMs })
        return this.leave(false, nowMs)
      case 'stopped':
        this.hostLeft(nowMs)
        return this.tell({ link: news.why === 'replaced' ? 'replaced' : 'lost' })
      case 'frame':
        return this.hearFrame(news.frame, nowMs)
    }
  }

  private hearFrame(frame: HubFrame, nowMs: number): void {
    // The host has just gone, or this hub keeps nothing: the reader notices by itself.
    if (frame.type === 'error' && frame.code === TARGET_UNKNOWN) return
    if (frame.type === 'error') return this.tell({ refusal: { code: frame.code, text: frame.text } })
    if (!('room16' in frame) || !equal(frame.room16, this.room.room16)) return
    if (this.status.refusal) this.tell({ refusal: undefined }) // the room goes on
    switch (frame.type) {
      case 'members':
        frame.members.forEach((member) => this.memberCame(member, nowMs))
        if (!frame.more && !this.host20) {
          this.tell({ host: false })
          this.askKeeper(nowMs)
        }
        return
      case 'joined':
        return this.memberCame(frame.member, nowMs)
      case 'left':
        if (!this.host20 || !equal(frame.peer20, this.host20)) return
        if (frame.reason !== CONNECTION_LOST) this.isDirect = false
        return this.leave(false, nowMs)
      case 'cast':
      case 'send':
        // Only frames of the host, or of whom we asked in its place, count: other members could merely waste our time with junk.
        if (this.source20 && equal(frame.src20, this.source20)) this.feed({ type: 'frame', bytes: frame.payload }, nowMs)
        return
      case 'gap':
        return this.feed({ type: 'gap' }, nowMs)
    }
  }

  private memberCame(member: Member, nowMs: number): void {
    if (member.role !== ROLE_HOST) return
    this.isInRoom = true
    this.meet(member.peer20, nowMs)
  }

  private meet(host20: Bytes, nowMs: number): void {
    this.host20 = host20
    this.tell({ host: true })
    this.feed({ type: 'source', here: true }, nowMs)
  }

  private get source20(): Bytes | undefined {
    return this.host20 || this.keeper20
  }

  private askKeeper(nowMs: number): void {
    if (this.keeper20) this.feed({ type: 'source', here: true, isKeeper: true }, nowMs)
  }

  private hearDirect(news: LinksNews, nowMs: number): void {
    if (news.type === 'path') this.tell({ via: news.via })
    else if (news.type === 'frame') {
      if (this.host20) this.feed({ type: 'frame', bytes: news.payload, isDirect: true }, nowMs)
    } else if (news.type === 'up') {
      this.isDirect = true
      if (!this.host20) this.meet(news.peer20, nowMs)
    } else if (news.type === 'down') {
      this.isDirect = false
      this.tell({ via: undefined })
      this.leave(this.isInRoom, nowMs)
    }
  }

  /** The hub or the link is lost: what was under way is asked for by the other one, if there is one. */
  private leave(isInRoom: boolean, nowMs: number): void {
    this.isInRoom = isInRoom
    if (isInRoom || this.isDirect) return this.feed({ type: 'gap' }, nowMs)
    this.hostLeft(nowMs)
    this.tell({ host: this.status.link === 'open' ? false : undefined, caughtUp: false })
    this.askKeeper(nowMs)
  }

  private say(to20: Bytes, payload: Bytes): void {
    this.effects.push(this.isDirect && to20 === this.host20 ? { type: 'say-direct', to20, payload } : { type: 'transmit', bytes: writeSend(this.room.room16, to20, payload) })
  }

  private hostLeft(nowMs: number): void {
    this.host20 = undefined
    this.feed({ type: 'source', here: false }, nowMs)
  }

  private feed(input: FeedInput, nowMs: number): void {
    this.reader.handle(input, nowMs)
    this.drainReader()
  }

  private drainReader(): void {
    for (let effect = this.reader.take(); effect; effect = this.reader.take()) {
      if (effect.type === 'send') {
        if (this.source20) this.say(this.source20, effect.payload)
        continue
      }
      this.effects.push(effect)
      if (effect.type === 'caught-up') this.tell({ caughtUp: true })
      if (effect.type === 'fault') this.tell({ fault: effect.fault })
      if (effect.type === 'entries') this.tell({ ended: this.reader.ended })
    }
  }

  private tell(change: Partial<WatchStatus>): void {
    const next = { ...this.status, ...change }
    if (JSON.stringify(next) === JSON.stringify(this.status)) return
    this.status = next
    this.effects.push({ type: 'status', status: next })
  }
}
