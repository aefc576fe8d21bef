import { compare, equal, hex, type Bytes } from '../codec/bytes.ts'
import { earliest, type ProtocolCore, type Wake } from '../cores/protocol-core.ts'
import { chainMessage, type FeedName } from './chain.ts'
import { readFeedFrame, writeFeedFrame, type FeedFrame } from './feed-frames.ts'
import { FeedTrack, type Claim, type VerifiedEntry } from './feed-track.ts'

export type FeedInput =
  | { type: 'source'; here: boolean; isKeeper?: boolean }
  | { type: 'frame'; bytes: Bytes; isDirect?: boolean }
  | { type: 'gap' }
  | { type: 'checked'; ticket: number; ok: boolean }
  | { type: 'previous'; epoch16: Bytes; n: number; chain32: Bytes }

export type FeedEffect =
  | { type: 'send'; payload: Bytes }
  | { type: 'check'; ticket: number; key: Bytes; message: Bytes; sig64: Bytes; urgent: boolean }
  | { type: 'feed'; name: FeedName }
  | { type: 'entries'; name: FeedName; entries: VerifiedEntry[]; chain32: Bytes; sig64: Bytes }
  | { type: 'caught-up'; n: number }
  | { type: 'fault'; fault: 'fork' | 'rollback' }

const BUDGET_BYTES = 262_144
const ACK_EVERY_MS = 1_000
const ASK_AGAIN_MS = [3_000, 6_000, 12_000, 30_000]
const MAX_CANDIDATES = 4
const NO_FEED = new Uint8Array(8)

/** Follows a host's newest feed: verifies, asks for what is missing, acknowledges. docs/protocol/feeds.md in full. */
export class FeedReader implements ProtocolCore<FeedInput, FeedEffect> {
  /** Frames whose signature did not verify, for the curious. */
  junk = 0
  private readonly effects: FeedEffect[] = []
  private tracks: FeedTrack[] = []
  private current: FeedTrack | undefined
  private previous: FeedTrack | undefined
  private checking: { ticket: number; track: FeedTrack; claim: Claim } | undefined
  private ticket = 0
  private here = false
  private isKeeper = false
  private hasUnknown = false
  private failed = false
  private isCaughtUp = false
  private asked = 0
  private askedAfter = 0
  private askWake: Wake | undefined
  private ackWake: Wake | undefined
  private acked = 0
  private ackedAtMs = -ACK_EVERY_MS

  constructor(
    private readonly room16: Bytes,
    /** Whose feeds count. */
    private readonly isAuthor: (author32: Bytes) => boolean,
  ) {}

  get nextWake(): Wake | undefined {
    return this.failed || !this.here ? undefined : earliest(this.askWake, this.ackWake)
  }

  get cursor(): number {
    return this.current ? this.current.cursor : 0
  }

  /** True while the newest verified entry is an `end`. */
  get ended(): boolean {
    return this.current !== undefined && this.current.ended
  }

  take(): FeedEffect | undefined {
    return this.effects.shift()
  }

  handle(input: FeedInput, nowMs: number): void {
    if (this.failed) return
    switch (input.type) {
      case 'source':
        this.here = input.here
        this.isKeeper = input.isKeeper === true
        this.acked = 0
        this.askWake = undefined
        this.asked = 0
        if (this.current) this.current.seen[0] = this.cursor // what a source answers from here on, it says after all that is known
        if (input.here) this.ask(NO_FEED, nowMs)
        break
      case 'gap':
        this.acked = 0 // what was told may be lost like what was to be heard
        if (this.current) this.current.needsReplay = true
        break
      case 'frame': {
        const frame = readFeedFrame(input.bytes)
        if (frame) this.hear(frame, input.isDirect ? 1 : 0)
        break
      }
      case 'checked':
        this.checked(input.ticket, input.ok)
        break
      case 'previous':
        this.comparePrevious(input)
        break
    }
    this.work(nowMs)
  }

  tick(nowMs: number): void {
    if (this.failed || !this.here) return
    if (this.ackWake && nowMs >= this.ackWake.atMs) this.acknowledge(nowMs)
    if (this.askWake && nowMs >= this.askWake.atMs) this.ask(NO_FEED, nowMs)
  }

  private hear(frame: FeedFrame, way: number): void {
    if (frame.type === 'want' || frame.type === 'ack') return
    if (frame.type === 'head' && !this.isAuthor(frame.author32)) return
    // A keeper may lag behind what the host itself has told; that is no rollback.
    if (frame.type === 'head' && this.isKeeper && this.current && equal(frame.epoch16, this.current.name.epoch16) && frame.n < this.current.cursor) return
    const track = frame.type === 'head' ? this.trackOf(frame) : this.tracks.find((one) => equal(one.feed8, frame.feed8))
    // Shown again what is read: the host has lost sight of us for a while, and with it what we acknowledged.
    if (track && track === this.current && frame.type === 'live' && frame.n === this.cursor) this.acked = 0
    if (track) track.hear(frame, way)
    else if (frame.type === 'live') this.hasUnknown = true
  }

  private trackOf({ author32, epoch16 }: FeedFrame & { type: 'head' }): FeedTrack | undefined {
    const known = this.tracks.find((track) => equal(track.name.epoch16, epoch16) && equal(track.name.author32, author32))
    if (known) return known
    if (this.current && compare(epoch16, this.current.name.epoch16) < 0) return undefined
    const track = new FeedTrack({ room16: this.room16, author32, epoch16 })
    const kept = this.tracks.filter((one) => one === this.current || one === this.checking?.track)
    const others = this.tracks.filter((one) => !kept.includes(one))
    this.tracks = [...kept, ...others.slice(-MAX_CANDIDATES + 1), track]
    return track
  }

  /** Starts the next check, asks for what is missing, says when everything is read. */
  private work(nowMs: number): void {
    if (this.failed || this.checking) return
    for (const track of this.tracks) {
      const claim = track.nextClaim()
      if (!claim) continue
      this.checking = { ticket: ++this.ticket, track, claim }
      this.effects.push({ type: 'check', ticket: this.ticket, key: track.name.author32, message: chainMessage(track.chains.at(0), claim.n, claim.chain32), sig64: claim.sig64, urgent: claim.urgent })
      return
    }
    if (!this.here) return
    if (this.hasUnknown && !this.askWake) this.ask(NO_FEED, nowMs)
    const track = this.current
    if (!track) return
    if (track.needsReplay && !this.askWake) this.ask(track.feed8, nowMs)
    if (track.cursor >= track.head && !track.needsReplay && !this.isCaughtUp) {
      this.isCaughtUp = true
      this.effects.push({ type: 'caught-up', n: track.cursor })
    }
    this.planAck(nowMs)
  }

  private checked(ticket: number, ok: boolean): void {
    if (!this.checking || this.checking.ticket !== ticket) return
    const { track, claim } = this.checking
    this.checking = undefined
    const verdict = claim.settle(ok)
    if (track.proved) this.adopt(track)
    if (verdict === 'junk') this.junk++
    else if (verdict === 'fork' || verdict === 'rollback') this.fail(verdict)
    else if (verdict !== 'nothing' && track === this.current) {
      this.effects.push({ type: 'entries', name: track.name, entries: verdict.entries, chain32: track.chains.at(track.cursor), sig64: verdict.sig64 })
    }
    if (track.takeAnswered() && track === this.current) {
      this.askWake = undefined
      this.asked = 0
    }
  }

  /** The newest proved epoch is the one to read. */
  private adopt(track: FeedTrack): void {
    if (track === this.current || (this.current && compare(track.name.epoch16, this.current.name.epoch16) <= 0)) return
    this.previous = this.current
    this.current = track
    this.isCaughtUp = false
    this.acked = 0
    this.tracks = this.tracks.filter((one) => one !== this.previous)
    this.effects.push({ type: 'feed', name: track.name })
    // A WANT from the very start was answered with the entries of this feed; any other has to be asked again.
    if (this.askWake && this.askedAfter === 0) track.needsReplay = false
    else this.askWake = undefined
  }

  private comparePrevious(said: { epoch16: Bytes; n: number; chain32: Bytes }): void {
    const old = this.previous
    if (!old || !equal(old.name.epoch16, said.epoch16) || said.n > old.cursor) return
    if (!equal(old.chains.at(said.n), said.chain32)) this.fail('fork')
  }

  private ask(feed8: Bytes, nowMs: number): void {
    const after = this.cursor
    this.askedAfter = after
    this.isCaughtUp = false
    this.effects.push({ type: 'send', payload: writeFeedFrame({ type: 'want', feed8, after, budget: BUDGET_BYTES }) })
    const waitMs = ASK_AGAIN_MS[Math.min(this.asked++, ASK_AGAIN_MS.length - 1)]
    this.askWake = { atMs: nowMs + waitMs, why: 'ask again for entries' }
    this.hasUnknown = false
    this.current?.asking()
  }

  private planAck(nowMs: number): void {
    const track = this.current
    if (!track || track.cursor <= this.acked || !this.here || this.isKeeper) return
    if (track.ended) return this.acknowledge(nowMs)
    if (!this.ackWake) this.ackWake = { atMs: Math.max(nowMs, this.ackedAtMs + ACK_EVERY_MS), why: 'acknowledge' }
  }

  private acknowledge(nowMs: number): void {
    this.ackWake = undefined
    if (!this.current || this.current.cursor <= this.acked) return
    this.acked = this.current.cursor
    this.ackedAtMs = nowMs
    this.effects.push({ type: 'send', payload: writeFeedFrame({ type: 'ack', feed8: this.current.feed8, n: this.acked }) })
  }

  private fail(fault: 'fork' | 'rollback'): void {
    this.failed = true
    this.effects.push({ type: 'fault', fault })
  }

  /** For tests and diagnostics. */
  toString(): string {
    return this.current ? `${hex(this.current.feed8)} at ${this.cursor}` : 'no feed'
  }
}
