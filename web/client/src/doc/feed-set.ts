import { equal, hex, type Bytes } from '../codec/bytes.ts'
import type { Crypto } from '../crypto/provider.ts'
import { chainMessage, type FeedName } from '../feeds/chain.ts'
import { readFeedFrame, writeFeedFrame, type FeedFrame } from '../feeds/feed-frames.ts'
import { owner16 } from '../identity/peer-id.ts'
import { verify } from '../identity/strict.ts'
import { HeldFeed, type KeptEntry, type LiveFrame } from './held-feed.ts'
import { MAX_LINES, readRoll, writeRoll, type CoveredFeed, type Roll, type RollLine } from './roll-frames.ts'

export interface FeedSetListener {
  send(to: string, payload: Bytes): void
  cast(payload: Bytes): void
  /** A verified entry, in order, still sealed. `isOwn`: the page wrote it itself. */
  entry(feed: HeldFeed, n: number, entry: KeptEntry, isOwn: boolean): void | Promise<void>
  forked(feed: HeldFeed): void
  /** A feed that a checkpoint made dispensable. */
  dropped(feed: HeldFeed): void
}

interface Fetch {
  from: string
  feed: HeldFeed
  chain: Bytes
  entries: KeptEntry[]
  bytes: number
  atMs: number
  head?: FeedFrame & { type: 'head' }
}

const MAX_FEEDS = 2_000
const ANSWER_WITHIN_MS = 5_000
const ASK_EVERY_MS = 1_000
const EMPTY32 = new Uint8Array(32)

/**
 * All feeds of a document's room as this member holds them, as FeedSet in src/Roost.Mesh/Documents: tells others where they stand, fetches
 * what it lacks, and believes nothing that the room's write key did not sign. Calls are taken one after the other, since checks are asynchronous.
 */
export class FeedSet {
  refused = 0
  private readonly feeds = new Map<string, HeldFeed>()
  private readonly covered = new Map<string, number>()
  private readonly asked = new Map<string, number>()
  private fetch: Fetch | undefined
  private author32: Bytes | undefined

  constructor(
    private readonly setup: { crypto: Crypto; room16: Bytes; owner16: Bytes; author32?: Bytes; nowMs: () => number },
    private readonly listener: FeedSetListener,
  ) {
    this.author32 = setup.author32
  }

  get count(): number {
    return this.feeds.size
  }

  get isFetching(): boolean {
    return !!this.fetch
  }

  get author(): Bytes | undefined {
    return this.author32
  }

  /** Entries that are pieces of updates, their bytes, and the bytes of checkpoints (and of feeds' first entries). */
  get loose(): { entries: number; bytes: number; checkpointed: number } {
    let [entries, bytes, checkpointed] = [0, 0, 0]
    for (const feed of this.feeds.values()) {
      entries += feed.loose.entries
      bytes += feed.loose.bytes
      checkpointed += feed.bytes - feed.loose.bytes
    }
    return { entries, bytes, checkpointed }
  }

  /** What all feeds hold at this moment, for a checkpoint to name. */
  standing(): CoveredFeed[] {
    return [...this.feeds.values()].filter(({ last }) => last > 0).map(({ name, last }) => ({ epoch16: name.epoch16, n: last }))
  }

  /** Takes back a feed of an earlier visit, as far as a signature reaches. */
  async recall(author32: Bytes, epoch16: Bytes, entries: KeptEntry[]): Promise<void> {
    const signed = entries.reduce((last, { sig64 }, i) => (sig64 ? i + 1 : last), 0)
    const name: FeedName = { room16: this.setup.room16, author32, epoch16 }
    const feed = new HeldFeed(name)
    for (const entry of entries.slice(0, signed)) feed.append(entry)
    if (signed === 0 || !equal(owner16(author32), this.setup.owner16) || !(await this.isSigned(feed, feed.last, feed.chain, feed.line!.sig64))) return
    this.author32 = author32
    this.feeds.set(feed.feed8, feed)
    for (let i = 0; i < feed.last; i++) await this.listener.entry(feed, i + 1, feed.entries[i], false)
  }

  /** Adds an entry of our own, already kept by the caller, and tells the room. */
  async publish(feed: HeldFeed, entry: KeptEntry & { sig64: Bytes }): Promise<void> {
    this.author32 = feed.name.author32
    if (!this.feeds.has(feed.feed8)) this.feeds.set(feed.feed8, feed)
    feed.append(entry)
    await this.listener.entry(feed, feed.last, entry, true)
    const [feed8, n] = [feed.chainStart.slice(0, 8), feed.last]
    this.listener.cast(writeFeedFrame({ type: 'live', feed8, n, kind: entry.kind, sig64: entry.sig64, sealed: entry.sealed }))
  }

  rolls(answer: boolean): Bytes[] {
    const lines = [...this.feeds.values()].filter(({ isForked }) => !isForked).map(({ line }) => line).filter((line): line is RollLine => !!line)
    const author32 = this.author32 || EMPTY32
    if (lines.length === 0) return answer ? [writeRoll({ author32, answer, lines })] : []
    const frames: Bytes[] = []
    for (let at = 0; at < lines.length; at += MAX_LINES) frames.push(writeRoll({ author32, answer: answer && at === 0, lines: lines.slice(at, at + MAX_LINES) }))
    return frames
  }

  /** Asks a member where its feeds stand, and tells it where ours do. */
  askRoll(peer: string): void {
    const now = this.setup.nowMs()
    if (now - (this.asked.get(peer) || -Infinity) < ASK_EVERY_MS) return
    this.asked.set(peer, now)
    for (const roll of this.rolls(true)) this.listener.send(peer, roll)
  }

  answer(want: FeedFrame & { type: 'want' }): Bytes[] {
    const feed = this.feeds.get(hex(want.feed8))
    return feed && !feed.isForked ? feed.answer(want.after, want.budget) : this.rolls(false)
  }

  lost(peer: string): void {
    this.asked.delete(peer)
    for (const feed of this.feeds.values()) feed.claims.delete(peer)
    if (this.fetch && this.fetch.from === peer) this.fetch = undefined
    this.fetchNext()
  }

  offline(): void {
    this.asked.clear()
    this.fetch = undefined
    for (const feed of this.feeds.values()) feed.claims.clear()
  }

  /** Gives up on an answer that does not come. */
  tick(): void {
    if (this.fetch && this.setup.nowMs() - this.fetch.atMs >= ANSWER_WITHIN_MS) this.giveUp(this.fetch)
  }

  /** A checkpoint that is kept here holds these: what it holds whole is dropped and never fetched again. */
  cover(feeds: CoveredFeed[]): void {
    for (const { epoch16, n } of feeds) this.covered.set(hex(epoch16), Math.max(n, this.covered.get(hex(epoch16)) || 0))
    for (const feed of [...this.feeds.values()]) {
      if ((this.covered.get(feed.epoch) || 0) < feed.last || !this.covered.has(feed.epoch)) continue
      this.feeds.delete(feed.feed8)
      if (this.fetch && this.fetch.feed === feed) this.fetch = undefined
      this.listener.dropped(feed)
    }
    this.fetchNext()
  }

  isCovered(feed: HeldFeed): boolean {
    return this.covered.has(feed.epoch)
  }

  /** Takes a payload that a member sent. WANTs are the caller's. Gives the roll where it was one. */
  async hear(from: string, payload: Bytes): Promise<Roll | undefined> {
    const roll = readRoll(payload)
    if (roll) {
      await this.hearRoll(from, roll)
      return roll
    }
    const frame = readFeedFrame(payload)
    if (!frame) this.refused++
    else if (frame.type === 'live') await this.hearLive(from, frame)
    else if (this.fetch && this.fetch.from === from) {
      if (frame.type === 'head' && equal(frame.epoch16, this.fetch.feed.name.epoch16)) await this.hearHead(this.fetch, frame)
      if (frame.type === 'pack' && hex(frame.feed8) === this.fetch?.feed.feed8) await this.hearPack(this.fetch, frame)
    }
    return undefined
  }

  private async hearRoll(from: string, roll: Roll): Promise<void> {
    if (roll.lines.length > 0 && !equal(owner16(roll.author32), this.setup.owner16)) {
      this.refused++
      return
    }
    for (const line of roll.lines) {
      if (await this.hearLine(from, roll.author32, line)) continue
      this.refused++
      break
    }
    if (roll.answer) {
      const mine = this.rolls(false)
      if (mine.length === 0) mine.push(writeRoll({ author32: this.author32 || EMPTY32, answer: false, lines: [] }))
      for (const frame of mine) this.listener.send(from, frame)
    }
    this.fetchNext()
  }

  private async hearLine(from: string, author32: Bytes, { epoch16, n, chain32, sig64 }: RollLine): Promise<boolean> {
    if (n <= (this.covered.get(hex(epoch16)) ?? -1)) return true
    const fresh = new HeldFeed({ room16: this.setup.room16, author32, epoch16 })
    const known = this.feeds.get(fresh.feed8)
    const feed = known || fresh
    if (known && (n < known.last || (n === known.last && equal(chain32, known.chain)))) return true
    if (!(await this.isSigned(feed, n, chain32, sig64))) return false
    this.author32 = this.author32 || author32
    if (!known && this.feeds.size >= MAX_FEEDS) return true
    if (!known) this.feeds.set(feed.feed8, feed)
    if (known && n === known.last) this.fork(known)
    else feed.claims.set(from, n)
    return true
  }

  private async hearLive(from: string, live: LiveFrame): Promise<void> {
    const feed = this.feeds.get(hex(live.feed8))
    if (!feed) return this.askRoll(from)
    if (feed.isForked || live.n <= feed.last) return
    if (live.n === feed.last + 1 && this.fetch?.feed !== feed) {
      if (await this.takeLive(feed, live)) await this.takeAside(feed)
      return
    }
    feed.keepAside(live)
    feed.claims.set(from, live.n)
    this.fetchNext()
  }

  private async takeLive(feed: HeldFeed, { kind, sealed, sig64, n }: LiveFrame): Promise<boolean> {
    if (!(await this.isSigned(feed, n, feed.next({ kind, sealed }), sig64))) {
      this.refused++
      return false
    }
    await this.keep(feed, { kind, sealed, sig64 })
    return true
  }

  private async takeAside(feed: HeldFeed): Promise<void> {
    for (let live = feed.aside.get(feed.last + 1); live; live = feed.aside.get(feed.last + 1)) {
      feed.aside.delete(live.n)
      if (!(await this.takeLive(feed, live))) return
    }
    for (const n of [...feed.aside.keys()]) if (n <= feed.last) feed.aside.delete(n)
  }

  private async hearHead(fetch: Fetch, head: FeedFrame & { type: 'head' }): Promise<void> {
    const { feed } = fetch
    if (!equal(head.author32, feed.name.author32) || !(await this.isSigned(feed, head.n, head.chain32, head.sig64))) {
      this.refused++
      return this.giveUp(fetch)
    }
    fetch.head = head
    if (head.n > feed.last) return
    if (head.n === feed.last && !equal(head.chain32, feed.chain)) this.fork(feed)
    this.giveUp(fetch) // it has no more than we, whatever was claimed
  }

  private async hearPack(fetch: Fetch, pack: FeedFrame & { type: 'pack' }): Promise<void> {
    const { feed } = fetch
    const reached = feed.last + fetch.entries.length
    if (pack.first > reached + 1) {
      this.refused++
      return this.giveUp(fetch)
    }
    for (const entry of pack.entries.slice(reached + 1 - pack.first)) {
      fetch.chain = feed.next(entry, fetch.chain, feed.last + fetch.entries.length + 1)
      fetch.entries.push({ kind: entry.kind, sealed: entry.sealed })
      fetch.bytes += entry.sealed.length
    }
    fetch.atMs = this.setup.nowMs()
    if (fetch.bytes > 64 * 1_048_576) return this.giveUp(fetch)
    if (pack.last) await this.finish(fetch, pack.last)
  }

  private async finish(fetch: Fetch, { sig64 }: { sig64: Bytes }): Promise<void> {
    const { feed, entries, chain, head } = fetch
    const end = feed.last + entries.length
    if (entries.length === 0 || !(await this.isSigned(feed, end, chain, sig64))) {
      this.refused++
      if (head && head.n === end && !equal(head.chain32, chain)) this.fork(feed)
      return this.giveUp(fetch)
    }
    entries[entries.length - 1].sig64 = sig64
    for (const entry of entries) await this.keep(feed, entry)
    if (this.fetch === fetch) this.fetch = undefined
    await this.takeAside(feed)
    this.fetchNext()
  }

  private async keep(feed: HeldFeed, entry: KeptEntry): Promise<void> {
    feed.append(entry)
    await this.listener.entry(feed, feed.last, entry, false)
  }

  private fetchNext(): void {
    if (this.fetch) return
    for (const feed of this.feeds.values()) {
      const from = feed.isForked ? undefined : feed.source()
      if (!from) continue
      this.fetch = { from, feed, chain: feed.chain, entries: [], bytes: 0, atMs: this.setup.nowMs() }
      this.listener.send(from, writeFeedFrame({ type: 'want', feed8: feed.chainStart.slice(0, 8), after: feed.last, budget: 1_048_576 }))
      return
    }
  }

  private giveUp(fetch: Fetch): void {
    fetch.feed.claims.delete(fetch.from)
    fetch.feed.aside.clear()
    if (this.fetch === fetch) this.fetch = undefined
    this.fetchNext()
  }

  private fork(feed: HeldFeed): void {
    if (!feed.isForked) this.listener.forked(feed)
    feed.isForked = true
  }

  private isSigned(feed: HeldFeed, n: number, chain32: Bytes, sig64: Bytes): Promise<boolean> {
    return verify(this.setup.crypto.ed25519, feed.name.author32, chainMessage(feed.chainStart, n, chain32), sig64)
  }
}
