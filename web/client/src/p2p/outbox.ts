import { equal, type Bytes } from '../codec/bytes.ts'
import type { ProtocolCore, Wake } from '../cores/protocol-core.ts'
import type { Content } from './content.ts'
import { writeData, writeLine, writeTalkAck } from './talk-frames.ts'

export type OutboxInput =
  | { type: 'opened' }
  | { type: 'closed' }
  | { type: 'send'; id: string; content: Content }
  | { type: 'data'; n: number; content: Content }
  | { type: 'line'; line16: Bytes }
  | { type: 'ack'; line16: Bytes; n: number }
  | { type: 'given'; n: number }

export type OutboxEffect =
  | { type: 'write'; message: Bytes; sent?: string }
  | { type: 'keep'; n: number; id: string; content: Content }
  | { type: 'forget'; upTo: number }
  /** Remember n of the other side's line, then give the content to the application, then say `given`. */
  | { type: 'give'; line16: Bytes; n: number; content: Content }
  | { type: 'delivered'; id: string }
  | { type: 'full'; id: string }

export interface Kept {
  n: number
  id: string
  content: Content
}

export const MAX_QUEUED = 20_000
export const MAX_QUEUED_BYTES = 64 * 1_048_576
const RESEND_MS = 1_000
const RESEND_PAUSE_MS = 300
const ACK_EVERY = 64
const ACK_LATER_MS = 20

/** Numbered messages to and from one peer, each given to the application exactly once: signaling.md, "Exactly once". */
export class Outbox implements ProtocolCore<OutboxInput, OutboxEffect> {
  private readonly effects: OutboxEffect[] = []
  private bytes = 0
  private next: number
  private isOpen = false
  private isAgreed = false
  private resendAtMs: number | undefined
  private ackAtMs: number | undefined
  private unacked = 0
  private isGapTold = false
  private resentAtMs = 0
  private given: number
  private isFresh: boolean

  constructor(
    private readonly line16: Bytes,
    private queue: Kept[],
    private heard: { line16: Bytes; n: number } | undefined,
    lastNumber: number,
  ) {
    this.given = heard ? heard.n : 0
    this.isFresh = lastNumber === 0
    this.next = Math.max(lastNumber, ...queue.map((kept) => kept.n)) + 1
    for (const { content } of queue) this.bytes += content.bytes.length
  }

  get nextWake(): Wake | undefined {
    if (!this.isOpen) return undefined
    const times = [this.resendAtMs, this.ackAtMs].filter((time): time is number => time !== undefined)
    return times.length ? { atMs: Math.min(...times), why: 'acknowledge or send again' } : undefined
  }

  take(): OutboxEffect | undefined {
    return this.effects.shift()
  }

  handle(input: OutboxInput, nowMs: number): void {
    switch (input.type) {
      case 'opened':
        this.isOpen = true
        this.effects.push({ type: 'write', message: writeLine(this.line16) })
        this.resendAtMs = nowMs + RESEND_MS
        // A line that nobody has seen yet has nothing to agree on.
        this.isAgreed = this.isFresh
        if (this.isFresh) for (const kept of this.queue) this.write(kept, nowMs)
        this.isFresh = false
        return
      case 'closed':
        this.isOpen = this.isAgreed = false
        return
      case 'send':
        return this.send(input.id, input.content, nowMs)
      case 'line':
        if (!this.heard || !equal(this.heard.line16, input.line16)) {
          this.heard = { line16: input.line16, n: 0 }
          this.given = 0
        }
        return this.acknowledge()
      case 'given':
        this.given = Math.max(this.given, input.n)
        return this.planAck(nowMs)
      case 'data':
        return this.hear(input.n, input.content, nowMs)
      case 'ack':
        return this.acknowledged(input.line16, input.n, nowMs)
    }
  }

  tick(nowMs: number): void {
    if (this.ackAtMs !== undefined && nowMs >= this.ackAtMs) this.acknowledge()
    if (this.resendAtMs === undefined || nowMs < this.resendAtMs) return
    // Nothing was acknowledged for a while: over a relay that means lost frames.
    this.effects.push({ type: 'write', message: writeLine(this.line16) })
    this.isAgreed = false
    this.resendAtMs = nowMs + RESEND_MS
  }

  private send(id: string, content: Content, nowMs: number): void {
    if (this.queue.length >= MAX_QUEUED || this.bytes + content.bytes.length > MAX_QUEUED_BYTES) {
      this.effects.push({ type: 'full', id })
      return
    }
    const kept = { n: this.next++, id, content }
    this.queue.push(kept)
    this.bytes += content.bytes.length
    this.effects.push({ type: 'keep', ...kept })
    if (this.isOpen && this.isAgreed) this.write(kept, nowMs)
  }

  private write({ n, id, content }: Kept, nowMs: number): void {
    this.effects.push({ type: 'write', message: writeData(n, content.format, content.bytes), sent: id })
    if (this.resendAtMs === undefined) this.resendAtMs = nowMs + RESEND_MS
  }

  private hear(n: number, content: Content, nowMs: number): void {
    const { heard } = this
    if (!heard) return
    if (n > heard.n + 1) {
      // Lost on a relay: an ACK at once makes the sender start again from there.
      if (!this.isGapTold) this.acknowledge()
      this.isGapTold = true
      return
    }
    this.isGapTold = false
    if (n <= heard.n) return this.planAck(nowMs)
    heard.n = n
    this.effects.push({ type: 'give', line16: heard.line16, n, content })
  }

  private planAck(nowMs: number): void {
    if (++this.unacked >= ACK_EVERY) this.acknowledge()
    else if (this.ackAtMs === undefined) this.ackAtMs = nowMs + ACK_LATER_MS
  }

  private acknowledge(): void {
    this.ackAtMs = undefined
    this.unacked = 0
    if (this.heard) this.effects.push({ type: 'write', message: writeTalkAck(this.heard.line16, this.given) })
  }

  private acknowledged(line16: Bytes, n: number, nowMs: number): void {
    if (!equal(line16, this.line16)) return
    const done = this.queue.filter((kept) => kept.n <= n)
    if (done.length > 0) {
      this.queue = this.queue.slice(done.length)
      this.effects.push({ type: 'forget', upTo: n })
      for (const { id, content } of done) {
        this.bytes -= content.bytes.length
        this.effects.push({ type: 'delivered', id })
      }
    }
    this.resendAtMs = this.queue.length > 0 ? nowMs + RESEND_MS : undefined
    // An ACK without progress while something is under way: frames were lost.
    if (this.isAgreed && done.length > 0) return
    if (this.isAgreed && nowMs - this.resentAtMs < RESEND_PAUSE_MS) {
      if (this.queue.length > 0) this.resendAtMs = nowMs + RESEND_PAUSE_MS
      return
    }
    this.isAgreed = true
    this.resentAtMs = nowMs
    for (const kept of this.queue) this.write(kept, nowMs)
  }
}
