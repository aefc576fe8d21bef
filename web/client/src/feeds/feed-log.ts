import { type Bytes } from '../codec/bytes.ts'
import { chainMessage, chainNext, chainStart, type FeedName } from './chain.ts'
import { writeFeedFrame, type SealedEntry } from './feed-frames.ts'

const MAX_ANSWER_BYTES = 1_048_576
const PACK_BYTES = 60_000 + 16 + 200 // one entry of the largest body always fits

/** The author's own log: entries in memory, answers to WANT. Signatures are kept for the entries that an answer can end at. */
export class FeedLog {
  readonly feed8: Bytes
  private readonly entries: SealedEntry[] = []
  private readonly chains: Bytes[]
  private readonly sigs: Bytes[]

  constructor(
    readonly name: FeedName,
    startSig64: Bytes,
  ) {
    this.chains = [chainStart(name)]
    this.sigs = [startSig64]
    this.feed8 = this.chains[0].slice(0, 8)
  }

  get head(): number {
    return this.entries.length
  }

  /** What the author signs to append an entry whose chain value is this. */
  toSign(chain32: Bytes): Bytes {
    return chainMessage(this.chains[0], this.head + 1, chain32)
  }

  /** The chain value that entry head + 1 would have, to be signed before `append`. */
  nextChain(entry: SealedEntry): Bytes {
    return chainNext(this.chains[this.head], this.head + 1, entry.kind, entry.sealed)
  }

  /** Takes an entry in and gives the LIVE frame for it. */
  append(entry: SealedEntry, chain32: Bytes, sig64: Bytes): Bytes {
    this.entries.push(entry)
    this.chains.push(chain32)
    this.sigs.push(sig64)
    return writeFeedFrame({ type: 'live', feed8: this.feed8, n: this.head, kind: entry.kind, sig64, sealed: entry.sealed })
  }

  headFrame(): Bytes {
    const { author32, epoch16 } = this.name
    return writeFeedFrame({ type: 'head', author32, epoch16, n: this.head, chain32: this.chains[this.head], sig64: this.sigs[this.head] })
  }

  /** The frames that answer a WANT behind HEAD: at least one entry, at most the budget, the last one signed; none where nothing is new. */
  answer(after: number, budget: number): Bytes[] {
    const { head } = this
    if (after >= head) return []
    const first = after + 1
    const limit = Math.min(budget, MAX_ANSWER_BYTES)
    let end = first - 1
    for (let bytes = 0; end < head && (end < first || bytes + this.entries[end].sealed.length <= limit); end++) bytes += this.entries[end].sealed.length + 4
    const frames: Bytes[] = []
    for (let at = first; at <= end; ) {
      const entries = this.slice(at, end)
      const isLast = at + entries.length > end
      const last = isLast ? { head, sig64: this.sigs[end] } : undefined
      frames.push(writeFeedFrame({ type: 'pack', feed8: this.feed8, first: at, last, entries }))
      at += entries.length
    }
    return frames
  }

  private slice(at: number, end: number): SealedEntry[] {
    const entries: SealedEntry[] = []
    for (let bytes = 0; at + entries.length <= end; ) {
      const entry = this.entries[at + entries.length - 1]
      bytes += entry.sealed.length + 4
      if (entries.length > 0 && bytes > PACK_BYTES) break
      entries.push(entry)
    }
    return entries
  }
}
