import { equal, hex, type Bytes } from '../codec/bytes.ts'
import type { ProtocolCore, Wake } from '../cores/protocol-core.ts'
import type { LinksNews, Via } from '../direct/links-news.ts'
import { ROLE_HOST, type HubFrame, type Member } from '../door/door-frames.ts'
import { TARGET_UNKNOWN } from '../door/refusals.ts'
import { isQuestion } from '../ask/question.ts'
import { readFeedFrame } from '../feeds/feed-frames.ts'
import type { LinkNews } from '../hub/hub-link.ts'

export type HostInput =
  | { type: 'link'; news: LinkNews }
  | { type: 'direct'; news: LinksNews }
  /** The log has grown; `frames` are the LIVE frames of what is new. */
  | { type: 'appended'; head: number; frames?: Bytes[] }

export type HostEffect =
  | { type: 'answer'; to20: Bytes; payload: Bytes; isDirect: boolean }
  | { type: 'cast'; payload: Bytes }
  | { type: 'send'; to20: Bytes; payload: Bytes; isDirect: boolean }
  | { type: 'question'; from20: Bytes; payload: Bytes }
  | { type: 'status'; status: HostStatus }

export interface HostStatus {
  link: 'connecting' | 'open' | 'lost' | 'replaced'
  retryAtMs: number
  /** How many read; the list names the first of them only. */
  count: number
  viewers: ViewerStatus[]
  refusal: { code: number; text: string } | undefined
}

export interface ViewerStatus {
  peer: string
  /** Entries that this viewer has not acknowledged yet. */
  behind: number
  sinceMs: number
  /** How the viewer is reached; undefined over the hub. */
  via: Via | undefined
}

interface Seat {
  peer20: Bytes
  sinceMs: number
  acked: number
  answers: number
  answersAtMs: number
  /** Whether a hub says that the viewer is in the room. */
  isInRoom: boolean
  /** Whether frames go over a direct link, and whether that takes no more for now. */
  isDirect: boolean
  isFull: boolean
  /** Entries were not sent because the link was full: shown the newest one later, the viewer asks for the rest. */
  hasSkipped: boolean
  /** A question that waits for room on the link. */
  want: Bytes | undefined
  via: Via | undefined
}

/** At most this many answers of up to 1 MiB for one viewer at once, refilled by `ANSWERS_PER_SECOND`; beyond, it has to ask again. */
export const MAX_ANSWERS = 64
const ANSWERS_PER_SECOND = 16
/** A room's hub has its own limit; this one keeps the list on the page short of endless. */
export const MAX_SEATS = 5_000
export const MAX_LISTED = 50

/** A reason of LEFT: losing its hub is not leaving, where there is a link. */
const CONNECTION_LOST = 1
const UNLINKED = { isDirect: false, isFull: false, hasSkipped: false, want: undefined, via: undefined }

/** The host's side of a room: who reads, how far, and who may have an answer. */
export class HostCore implements ProtocolCore<HostInput, HostEffect> {
  readonly nextWake: Wake | undefined = undefined
  private readonly effects: HostEffect[] = []
  private readonly seats = new Map<string, Seat>()
  private head = 0
  private link: HostStatus['link'] = 'connecting'
  private retryAtMs = 0
  private refusal: HostStatus['refusal']
  private newest: Bytes | undefined

  constructor(
    private readonly room16: Bytes,
    private readonly feed8: Bytes,
  ) {}

  take(): HostEffect | undefined {
    return this.effects.shift()
  }

  tick(): void {}

  handle(input: HostInput, nowMs: number): void {
    if (input.type === 'appended') {
      this.head = input.head
      input.frames?.forEach((frame) => this.publish(frame))
    } else if (input.type === 'direct') this.hearDirect(input.news, nowMs)
    else this.hearLink(input.news, nowMs)
    if (input.type === 'appended' || this.changed) this.tell()
    this.changed = false
  }

  private changed = false

  private hearLink(news: LinkNews, nowMs: number): void {
    if (news.type === 'frame') return this.hearFrame(news.frame, nowMs)
    this.changed = true
    if (news.type === 'open') {
      this.link = 'open'
      this.refusal = undefined
    } else if (news.type === 'lost') {
      this.link = 'lost'
      this.retryAtMs = news.retryAtMs
      this.unseat()
    } else if (news.type === 'stopped') {
      this.link = news.why === 'replaced' ? 'replaced' : 'lost'
      this.seats.clear()
    }
  }

  private hearFrame(frame: HubFrame, nowMs: number): void {
    if (frame.type === 'error' && frame.code === TARGET_UNKNOWN) return // a viewer who has just gone
    if (frame.type === 'error') {
      this.refusal = { code: frame.code, text: frame.text }
      this.changed = true
      return
    }
    if (!('room16' in frame) || !equal(frame.room16, this.room16)) return
    this.changed = this.changed || !!this.refusal
    this.refusal = undefined // the room goes on
    if (frame.type === 'members') frame.members.forEach((member) => this.come(member, nowMs))
    else if (frame.type === 'joined') this.come(frame.member, nowMs)
    else if (frame.type === 'left') this.left(frame.peer20, frame.reason)
    else if (frame.type === 'send') this.hearViewer(frame.src20, frame.payload, false, nowMs)
  }

  private come({ peer20, role }: Member, nowMs: number): void {
    const seat = role === ROLE_HOST ? undefined : this.seat(peer20, nowMs)
    if (seat) seat.isInRoom = true
  }

  private seat(peer20: Bytes, nowMs: number): Seat | undefined {
    const id = hex(peer20)
    const known = this.seats.get(id)
    if (known || this.seats.size >= MAX_SEATS) return known
    const seat: Seat = { peer20, sinceMs: nowMs, acked: 0, answers: MAX_ANSWERS, answersAtMs: nowMs, isInRoom: false, ...UNLINKED }
    this.seats.set(id, seat)
    this.changed = true
    return seat
  }

  private left(peer20: Bytes, reason: number): void {
    const seat = this.seats.get(hex(peer20))
    if (!seat) return
    seat.isInRoom = false
    if (reason !== CONNECTION_LOST) Object.assign(seat, UNLINKED)
    this.leaveIfGone(seat)
  }

  /** A viewer is gone when neither a hub nor a link knows it. */
  private leaveIfGone(seat: Seat): void {
    if (seat.isInRoom || seat.isDirect) return
    this.seats.delete(hex(seat.peer20))
    this.changed = true
  }

  /** Without a hub nobody is known but who is linked with. */
  private unseat(): void {
    this.seats.forEach((seat) => {
      seat.isInRoom = false
      this.leaveIfGone(seat)
    })
  }

  private hearDirect(news: LinksNews, nowMs: number): void {
    const seat = news.type === 'up' ? this.seat(news.peer20, nowMs) : this.seats.get(hex(news.peer20))
    if (!seat) return
    switch (news.type) {
      case 'up':
        seat.isDirect = true
        // What the hub still carries may be lost with it; the newest entry shows the viewer whether it lacks any.
        return this.show(seat)
      case 'down':
        Object.assign(seat, UNLINKED)
        this.changed = true
        // What the link still carried is lost, which the viewer may have noticed before this page did: the newest entry shows it.
        if (seat.isInRoom && this.newest) this.effects.push({ type: 'send', to20: seat.peer20, payload: this.newest, isDirect: false })
        return this.leaveIfGone(seat)
      case 'full':
        seat.isFull = true
        return
      case 'drained':
        return this.resume(seat)
      case 'path':
        this.changed = true
        seat.via = news.via
        return
      case 'frame':
        return this.hearViewer(news.peer20, news.payload, true, nowMs)
    }
  }

  private resume(seat: Seat): void {
    seat.isFull = false
    if (seat.want) this.effects.push({ type: 'answer', to20: seat.peer20, payload: seat.want, isDirect: true })
    seat.want = undefined
    if (seat.hasSkipped) this.show(seat)
  }

  private show(seat: Seat): void {
    seat.hasSkipped = false
    if (this.newest) this.effects.push({ type: 'send', to20: seat.peer20, payload: this.newest, isDirect: true })
  }

  /** A new entry, to everyone: the hub copies it for the room where that is cheaper than one SEND for each who has no link. */
  private publish(payload: Bytes): void {
    this.newest = payload
    const onHub: Seat[] = []
    this.seats.forEach((seat) => {
      if (!seat.isDirect) onHub.push(seat)
      else if (seat.isFull) seat.hasSkipped = true
      else this.show(seat)
    })
    if (onHub.length === this.seats.size || 2 * onHub.length > 1 + this.seats.size) this.effects.push({ type: 'cast', payload })
    else onHub.forEach(({ peer20 }) => this.effects.push({ type: 'send', to20: peer20, payload, isDirect: false }))
  }

  private hearViewer(src20: Bytes, payload: Bytes, isDirect: boolean, nowMs: number): void {
    const seat = this.seats.get(hex(src20))
    if (!seat) return
    if (isQuestion(payload)) {
      this.effects.push({ type: 'question', from20: src20, payload })
      return
    }
    const frame = readFeedFrame(payload)
    if (frame?.type === 'want' && mayAnswer(seat, nowMs)) {
      if (isDirect && seat.isFull) seat.want = payload
      else this.effects.push({ type: 'answer', to20: src20, payload, isDirect })
    } else if (frame?.type === 'ack' && equal(frame.feed8, this.feed8) && frame.n <= this.head && frame.n > seat.acked) {
      seat.acked = frame.n
      this.changed = true
    }
  }

  private tell(): void {
    const viewers: ViewerStatus[] = []
    for (const [peer, { acked, sinceMs, via }] of this.seats) {
      if (viewers.push({ peer, behind: this.head - acked, sinceMs, via }) === MAX_LISTED) break
    }
    this.effects.push({ type: 'status', status: { link: this.link, retryAtMs: this.retryAtMs, count: this.seats.size, viewers, refusal: this.refusal } })
  }
}

function mayAnswer(seat: Seat, nowMs: number): boolean {
  seat.answers = Math.min(MAX_ANSWERS, seat.answers + ((nowMs - seat.answersAtMs) / 1_000) * ANSWERS_PER_SECOND)
  seat.answersAtMs = nowMs
  if (seat.answers < 1) return false
  seat.answers--
  return true
}
