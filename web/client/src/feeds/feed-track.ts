import { equal, type Bytes } from '../codec/bytes.ts'
import { Aside, type LiveEntry } from './aside.ts'
import { ChainLog } from './chain-log.ts'
import { chainNext, chainStart, type FeedName } from './chain.ts'
import { KIND, type FeedFrame, type SealedEntry } from './feed-frames.ts'
import { ReplayCollector, type Replay } from './replay.ts'

export interface VerifiedEntry extends SealedEntry {
  n: number
}

/** What a check of one signature decides about. */
export interface Claim {
  n: number
  /** False for a live entry: its check may wait a little, since the next one vouches for it too. */
  urgent: boolean
  chain32: Bytes
  sig64: Bytes
  /** Called with what the check found. */
  settle(ok: boolean): Verdict
}

export type Verdict = { entries: VerifiedEntry[]; sig64: Bytes } | 'fork' | 'rollback' | 'junk' | 'nothing'

/**
 * One feed as one reader sees it: what is proved (`chains`), what waits (`aside`, a replay under way), and which claim to
 * check next. It never believes a byte before the signature above it was checked.
 */
export class FeedTrack {
  readonly feed8: Bytes
  readonly chains: ChainLog
  /** The newest number anybody has claimed and signed. */
  head = 0
  ended = false
  /** True once any signature of the author was checked: until then anybody may have invented the epoch. */
  proved = false
  needsReplay = true
  private readonly aside = new Aside()
  private readonly collector = new ReplayCollector()
  private readonly claims: (() => Claim | undefined)[] = []
  private readonly heads: (FeedFrame & { type: 'head' })[] = []
  private careful = 0
  private shrunk = 0
  /** The newest number that came by the hub, and by a direct link: frames of one way come in order, those of two don't. */
  readonly seen = [0, 0]
  private isAnswered = false

  constructor(readonly name: FeedName) {
    const start = chainStart(name)
    this.feed8 = start.slice(0, 8)
    this.chains = new ChainLog(start)
  }

  get cursor(): number {
    return this.chains.length
  }

  /** A question for what is missing goes out. */
  asking(): void {
    this.needsReplay = false
    this.aside.mark()
  }

  /** True once after a question was answered in full. */
  takeAnswered(): boolean {
    const answered = this.isAnswered
    this.isAnswered = false
    if (answered && this.cursor >= this.head) {
      this.aside.forget(this.cursor)
      this.aside.dropMarked()
    }
    return answered
  }

  /** `way` is 0 for the hub, 1 for a direct link. */
  hear(frame: FeedFrame, way: number): void {
    const seen = this.seen[way]
    if (frame.type === 'head') this.claims.push(() => this.claimHead(frame, seen))
    else if (frame.type === 'live') {
      this.seen[way] = Math.max(seen, frame.n)
      this.hearLive(frame)
    } else if (frame.type === 'pack') {
      if (frame.last) this.seen[way] = frame.last.head
      this.hearPack(frame)
    }
  }

  /** The next signature to check; the caller settles it before it asks for another. */
  nextClaim(): Claim | undefined {
    for (let make = this.claims.shift(); make; make = this.claims.shift()) {
      const claim = make()
      if (claim) return claim
    }
    return this.claimLive()
  }

  private hearLive(live: LiveEntry): void {
    if (live.n <= this.cursor) return
    if (!this.aside.put({ n: live.n, kind: live.kind, sealed: live.sealed, sig64: live.sig64 })) this.needsReplay = true
  }

  private hearPack(pack: FeedFrame & { type: 'pack' }): void {
    const replay = this.collector.add(pack, this.cursor)
    if (replay === 'lost') this.needsReplay = true
    else if (replay !== 'more') this.claims.push(() => this.claimReplay(replay))
  }

  private claimHead(head: FeedFrame & { type: 'head' }, seen: number): Claim {
    return {
      n: head.n,
      urgent: true,
      chain32: head.chain32,
      sig64: head.sig64,
      settle: (ok) => {
        if (!ok) return 'junk'
        this.proved = true
        this.head = Math.max(this.head, head.n)
        if (head.n > this.cursor) {
          this.heads.splice(0, this.heads.length, head)
          this.needsReplay = true // unless it already comes behind this HEAD
          return 'nothing'
        }
        if (!equal(this.chains.at(head.n), head.chain32)) return 'fork'
        if (head.n === this.cursor) this.shrunk = 0
        else if (head.n < seen) this.shrunk++ // else it was only slower than what came another way
        if (this.shrunk > 1) return 'rollback' // an honest log never shrinks; one old HEAD may still be on its way
        this.needsReplay = head.n < this.cursor
        this.isAnswered = true
        return 'nothing'
      },
    }
  }

  private claimReplay(replay: Replay): Claim | undefined {
    const { first, entries, last } = replay
    if (entries.length === 0) return undefined
    if (first - 1 > this.cursor) {
      this.needsReplay = true
      return undefined
    }
    const chains = chainAlong(this.chains.at(first - 1), first, entries)
    const end = first - 1 + entries.length
    return {
      n: end,
      urgent: true,
      chain32: chains[entries.length - 1],
      sig64: last.sig64,
      settle: (ok) => {
        if (!ok) return this.refuseReplay(end, chains[entries.length - 1])
        this.proved = true
        this.head = Math.max(this.head, last.head, end)
        const known = Math.max(0, this.cursor - first + 1)
        for (let i = 0; i < Math.min(known, entries.length); i++) {
          if (!equal(chains[i], this.chains.at(first + i))) return 'fork'
        }
        this.shrunk = 0
        this.isAnswered = true
        this.needsReplay = end < this.head
        return this.accept(number(entries, first).slice(known), last.sig64, chains.slice(known))
      },
    }
  }

  /** Junk, unless the host's own signed HEAD says that his history is not the reader's. */
  private refuseReplay(end: number, chain32: Bytes): Verdict {
    this.needsReplay = true
    return this.heads.some((head) => head.n === end && !equal(head.chain32, chain32)) ? 'fork' : 'junk'
  }

  private claimLive(): Claim | undefined {
    this.aside.forget(this.cursor)
    let run = this.aside.run(this.cursor)
    if (run.length === 0) {
      if (!this.aside.isEmpty) this.needsReplay = true
      return undefined
    }
    // One signature vouches for the whole run. Only where that fails they are checked one by one, to find the junk.
    if (this.careful > this.cursor) run = run.slice(0, 1)
    const chains = chainAlong(this.chains.at(this.cursor), this.cursor + 1, run)
    const tip = run[run.length - 1]
    return {
      n: tip.n,
      urgent: false,
      chain32: chains[chains.length - 1],
      sig64: tip.sig64,
      settle: (ok) => {
        if (ok) {
          this.proved = true
          return this.accept(run, tip.sig64, chains)
        }
        if (run.length > 1) {
          this.careful = tip.n
          return 'nothing'
        }
        this.aside.drop(tip)
        return 'junk'
      },
    }
  }

  private accept(entries: VerifiedEntry[], sig64: Bytes, chains: Bytes[]): Verdict {
    if (entries.length === 0) return 'nothing'
    for (const chain of chains) this.chains.append(chain)
    this.head = Math.max(this.head, this.cursor)
    this.ended = entries[entries.length - 1].kind === KIND.end
    this.aside.forget(this.cursor)
    return { entries, sig64 }
  }
}

function chainAlong(chain: Bytes, first: number, entries: SealedEntry[]): Bytes[] {
  return entries.map((entry, i) => (chain = chainNext(chain, first + i, entry.kind, entry.sealed)))
}

function number(entries: SealedEntry[], first: number): VerifiedEntry[] {
  return entries.map((entry, i) => ({ n: first + i, kind: entry.kind, sealed: entry.sealed }))
}
