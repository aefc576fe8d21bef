import { equal, hex, type Bytes } from '../codec/bytes.ts'
import type { ProtocolCore, Wake } from '../cores/protocol-core.ts'
import { ROLE_HOST, type HubFrame, type Member } from '../door/door-frames.ts'
import { isQuestion } from '../ask/question.ts'
import { readFeedFrame } from '../feeds/feed-frames.ts'
import type { LinkNews } from '../hub/hub-link.ts'

export type HostInput = { type: 'link'; news: LinkNews } | { type: 'appended'; head: number }

export type HostEffect =
  | { type: 'answer'; to20: Bytes; payload: Bytes }
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
}

interface Seat {
  peer20: Bytes
  sinceMs: number
  acked: number
  answers: number
  answersAtMs: number
}

/** At most this many answers of up to 1 MiB for one viewer at once, refilled by `ANSWERS_PER_SECOND`; beyond, it has to ask again. */
export const MAX_ANSWERS = 64
const ANSWERS_PER_SECOND = 16
/** A room's hub has its own limit; this one keeps the list on the page short of endless. */
export const MAX_SEATS = 5_000
export const MAX_LISTED = 50

/** The host's side of a room: who reads, how far, and who may have an answer. */
export class HostCore implements ProtocolCore<HostInput, HostEffect> {
  readonly nextWake: Wake | undefined = undefined
  private readonly effects: HostEffect[] = []
  private readonly seats = new Map<string, Seat>()
  private head = 0
  private link: HostStatus['link'] = 'connecting'
  private retryAtMs = 0
  private refusal: HostStatus['refusal']

  constructor(
    private readonly room16: Bytes,
    private readonly feed8: Bytes,
  ) {}

  take(): HostEffect | undefined {
    return this.effects.shift()
  }

  tick(): void {}

  handle(input: HostInput, nowMs: number): void {
    if (input.type === 'appended') this.head = input.head
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
      this.seats.clear()
    } else if (news.type === 'stopped') {
      this.link = news.why === 'replaced' ? 'replaced' : 'lost'
      this.seats.clear()
    }
  }

  private hearFrame(frame: HubFrame, nowMs: number): void {
    if (frame.type === 'error') {
      this.refusal = { code: frame.code, text: frame.text }
      this.changed = true
      return
    }
    if (!('room16' in frame) || !equal(frame.room16, this.room16)) return
    if (frame.type === 'members') frame.members.forEach((member) => this.come(member, nowMs))
    else if (frame.type === 'joined') this.come(frame.member, nowMs)
    else if (frame.type === 'left') this.changed = this.seats.delete(hex(frame.peer20)) || this.changed
    else if (frame.type === 'send') this.hearViewer(frame.src20, frame.payload, nowMs)
  }

  private come({ peer20, role }: Member, nowMs: number): void {
    const id = hex(peer20)
    if (role === ROLE_HOST || this.seats.has(id) || this.seats.size >= MAX_SEATS) return
    this.seats.set(id, { peer20, sinceMs: nowMs, acked: 0, answers: MAX_ANSWERS, answersAtMs: nowMs })
    this.changed = true
  }

  private hearViewer(src20: Bytes, payload: Bytes, nowMs: number): void {
    const seat = this.seats.get(hex(src20))
    if (!seat) return
    if (isQuestion(payload)) {
      this.effects.push({ type: 'question', from20: src20, payload })
      return
    }
    const frame = readFeedFrame(payload)
    if (frame?.type === 'want' && mayAnswer(seat, nowMs)) this.effects.push({ type: 'answer', to20: src20, payload })
    else if (frame?.type === 'ack' && equal(frame.feed8, this.feed8) && frame.n <= this.head && frame.n > seat.acked) {
      seat.acked = frame.n
      this.changed = true
    }
  }

  private tell(): void {
    const viewers: ViewerStatus[] = []
    for (const [peer, { acked, sinceMs }] of this.seats) {
      if (viewers.push({ peer, behind: this.head - acked, sinceMs }) === MAX_LISTED) break
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
