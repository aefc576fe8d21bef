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
  chain32: Bytes
  sig64: Bytes
  /** True for a replay, which is what a WANT was sent for. */
  answers?: boolean
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
  private careful = 0
  private shrunk = 0
  private refused = 0
  private audited: number | undefined

  constructor(readonly name: FeedName) {
    const start = chainStart(name)
    this.feed8 = start.slice(0, 8)
    this.chains = new ChainLog(start)
  }

  get cursor(): number {
    return this.chains.length
  }

  /**
   * Ask for entries above this. That is the cursor, except where replays keep failing: then the author may have forked
   * below it, and reading again from the start either proves that or clears him.
   */
  get askAfter(): number {
    return this.audited === undefined ? this.cursor : this.audited
  }

  hear(frame: FeedFrame): void {
    if (frame.type === 'live') return this.hearLive(frame)
    if (frame.type === 'pack') return this.hearPack(frame)
    if (frame.type === 'head') this.claims.push(() => this.claimHead(frame))
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

  private claimHead(head: FeedFrame & { type: 'head' }): Claim {
    return {
      chain32: head.chain32,
      sig64: head.sig64,
      settle: (ok) => {
        if (!ok) return 'junk'
        this.proved = true
        this.head = Math.max(this.head, head.n)
        if (this.head > this.cursor) this.needsReplay = true
        return head.n <= this.cursor && !equal(this.chains.at(head.n), head.chain32) ? 'fork' : 'nothing'
      },
    }
  }

  private claimReplay(replay: Replay): Claim | undefined {
    const { first, entries, last } = replay
    if (first - 1 > this.cursor) {
      this.needsReplay = true
      return undefined
    }
    const chains = chainAlong(this.chains.at(first - 1), first, entries)
    const end = first - 1 + entries.length
    return {
      chain32: entries.length ? chains[entries.length - 1] : this.chains.at(end),
      sig64: last.sig64,
      answers: true,
      settle: (ok) => {
        if (!ok) return this.refuseReplay()
        this.proved = true
        this.refused = 0
        this.head = Math.max(this.head, last.head, end)
        const known = Math.max(0, this.cursor - first + 1)
        for (let i = 0; i < Math.min(known, entries.length); i++) {
          if (!equal(chains[i], this.chains.at(first + i))) return 'fork'
        }
        if (this.audited !== undefined) this.audited = end < this.cursor ? end : undefined
        const isShrunk = entries.length === 0 && last.head < this.cursor && this.audited === undefined
        this.shrunk = isShrunk ? this.shrunk + 1 : 0
        if (this.shrunk > 1) return 'rollback' // an honest log never shrinks; one old answer may still be on its way
        this.needsReplay = isShrunk || end < this.head
        return this.accept(number(entries, first).slice(known), last.sig64, chains.slice(known))
      },
    }
  }

  private refuseReplay(): Verdict {
    this.needsReplay = true
    if (++this.refused > 1 && this.cursor > 0 && this.audited === undefined) this.audited = 0
    return 'junk'
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
