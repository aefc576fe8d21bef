import { equal, type Bytes } from '../codec/bytes.ts'
import type { Crypto, Sealer, Signer } from '../crypto/provider.ts'
import { chainMessage, chainStart, entryAad, entryNonce, type FeedName } from '../feeds/chain.ts'
import { FeedLog } from '../feeds/feed-log.ts'
import { readFeedFrame } from '../feeds/feed-frames.ts'
import { feedKey } from '../rooms/room-keys.ts'
import type { HostedEntry, StoreFault } from './host-store.ts'

export interface Draft {
  kind: number
  body: Bytes
}

/** A feed whose entries leave the page only after they are stored, so that a reload continues the epoch and no nonce is used twice. */
export class StoredFeed {
  private constructor(
    readonly log: FeedLog,
    private readonly sealer: Sealer,
    private readonly author: Signer,
    private readonly store: (entries: HostedEntry[]) => Promise<StoreFault | undefined>,
  ) {}

  /** Throws `log-damaged` where the stored entries are not one unbroken log: then the epoch must not be continued. */
  static async open(
    crypto: Crypto,
    room: { prk: Bytes; room16: Bytes },
    author: Signer,
    epoch16: Bytes,
    entries: HostedEntry[],
    store: (entries: HostedEntry[]) => Promise<StoreFault | undefined>,
  ): Promise<StoredFeed> {
    const name: FeedName = { room16: room.room16, author32: author.publicKey, epoch16 }
    const start = chainStart(name)
    const [sealer, sig64] = await Promise.all([
      crypto.sealer(feedKey(room.prk, name.room16, name.author32, epoch16)),
      author.sign(chainMessage(start, 0, start)),
    ])
    const log = new FeedLog(name, sig64)
    for (const entry of entries) {
      if (entry.n !== log.head + 1) throw new Error('log-damaged')
      log.append({ kind: entry.kind, sealed: entry.sealed }, log.nextChain(entry), entry.sig64)
    }
    return new StoredFeed(log, sealer, author, store)
  }

  /** Seals, signs and stores; gives the LIVE frames, or why there are none. One call at a time. */
  async append(drafts: Draft[]): Promise<Bytes[] | StoreFault> {
    const { log } = this
    // A second log takes the entries first: nothing of them may answer a reader before the disk has them.
    const sealed = await Promise.all(drafts.map(({ kind, body }, i) => this.sealer.seal(entryNonce(log.head + 1 + i), body, entryAad(kind))))
    const ahead = log.ahead()
    const entries: HostedEntry[] = []
    const chains: Bytes[] = []
    for (let i = 0; i < drafts.length; i++) {
      const entry = { kind: drafts[i].kind, sealed: sealed[i] }
      const chain32 = ahead.next(entry)
      chains.push(chain32)
      entries.push({ n: ahead.n, ...entry, sig64: await this.author.sign(chainMessage(chainStart(log.name), ahead.n, chain32)) })
    }
    const fault = await this.store(entries)
    if (fault) return fault
    return entries.map((entry, i) => log.append({ kind: entry.kind, sealed: entry.sealed }, chains[i], entry.sig64))
  }

  /** Opens an entry of this log again, for the host's own screen after a reload. */
  open(n: number, kind: number, sealed: Bytes): Promise<Bytes | undefined> {
    return this.sealer.open(entryNonce(n), sealed, entryAad(kind))
  }

  /** The frames for a reader that asks; none where it asks for nothing. */
  answer(payload: Bytes): Bytes[] {
    const frame = readFeedFrame(payload)
    if (!frame || frame.type !== 'want') return []
    const isMine = equal(frame.feed8, this.log.feed8) || frame.feed8.every((byte) => byte === 0)
    return [this.log.headFrame(), ...(isMine ? this.log.answer(frame.after, frame.budget) : [])]
  }
}
