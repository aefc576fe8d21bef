import { hex, type Bytes } from '../codec/bytes.ts'
import { chainNext, chainStart, type FeedName } from '../feeds/chain.ts'
import { writeFeedFrame, type FeedFrame, type SealedEntry } from '../feeds/feed-frames.ts'
import type { RollLine } from './roll-frames.ts'

/** One entry as it is kept; only some come with a signature, which vouches for all before. */
export interface KeptEntry extends SealedEntry {
  sig64?: Bytes
}

export type LiveFrame = FeedFrame & { type: 'live' }

const MAX_ANSWER_BYTES = 1_048_576
const PACK_BYTES = 60_000 + 16 + 200
const MAX_ASIDE = 256

/** One writer's feed as a member holds it: what is verified, what waits for a gap to close, and who has more. */
export class HeldFeed {
  readonly feed8: string
  readonly epoch: string
  readonly entries: KeptEntry[] = []
  readonly aside = new Map<number, LiveFrame>()
  readonly claims = new Map<string, number>()
  chain: Bytes
  isForked = false
  /** Entries that are pieces of updates, and their bytes: what a checkpoint would save. */
  loose = { entries: 0, bytes: 0 }
  /** Bytes of its entries, sealed. */
  bytes = 0
  private head: RollLine | undefined
  private readonly start: Bytes

  constructor(readonly name: FeedName) {
    this.chain = this.start = chainStart(name)
    this.feed8 = hex(this.start.slice(0, 8))
    this.epoch = hex(name.epoch16)
  }

  get last(): number {
    return this.entries.length
  }

  get chainStart(): Bytes {
    return this.start
  }

  /** Where the feed stands as far as it is signed. */
  get line(): RollLine | undefined {
    return this.head
  }

  next(entry: SealedEntry, chain = this.chain, n = this.last + 1): Bytes {
    return chainNext(chain, n, entry.kind, entry.sealed)
  }

  append(entry: KeptEntry): void {
    this.chain = this.next(entry)
    this.entries.push(entry)
    this.bytes += entry.sealed.length
    if (entry.kind === 5) this.loose = { entries: this.loose.entries + 1, bytes: this.loose.bytes + entry.sealed.length }
    if (entry.sig64) this.head = { epoch16: this.name.epoch16, n: this.last, chain32: this.chain, sig64: entry.sig64 }
  }

  keepAside(live: LiveFrame): void {
    if (this.aside.size < MAX_ASIDE) this.aside.set(live.n, live)
  }

  source(): string | undefined {
    for (const [peer, n] of this.claims) if (n > this.last) return peer
    return undefined
  }

  /** HEAD, then PACKs of which the last is signed. */
  answer(after: number, budget: number): Bytes[] {
    const { head } = this
    if (!head) return []
    const frames = [writeFeedFrame({ type: 'head', author32: this.name.author32, ...head })]
    const limit = Math.min(budget, MAX_ANSWER_BYTES)
    let end = after
    for (let bytes = 0; end < head.n && (end === after || bytes + this.entries[end].sealed.length <= limit); end++) bytes += this.entries[end].sealed.length + 4
    while (end < head.n && !this.entries[end - 1].sig64) end++
    const feed8 = this.start.slice(0, 8)
    for (let at = after; at < end; ) {
      let stop = at
      for (let bytes = 0; stop < end && (stop === at || bytes + this.entries[stop].sealed.length + 4 <= PACK_BYTES); stop++) bytes += this.entries[stop].sealed.length + 4
      const last = stop === end ? { head: head.n, sig64: this.entries[end - 1].sig64! } : undefined
      frames.push(writeFeedFrame({ type: 'pack', feed8, first: at + 1, last, entries: this.entries.slice(at, stop) }))
      at = stop
    }
    return frames
  }
}
