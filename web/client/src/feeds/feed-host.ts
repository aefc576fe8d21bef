import { concat, equal, type Bytes } from '../codec/bytes.ts'
import type { Crypto, Sealer, Signer } from '../crypto/provider.ts'
import { feedKey } from '../rooms/room-keys.ts'
import { chainMessage, chainStart, entryAad, entryNonce } from './chain.ts'
import { FeedLog } from './feed-log.ts'
import { readFeedFrame } from './feed-frames.ts'

/** Writes a feed: seals, chains and signs one entry after the other, and answers readers. */
export class FeedHost {
  private line: Promise<unknown> = Promise.resolve()

  private constructor(
    readonly log: FeedLog,
    private readonly sealer: Sealer,
    private readonly author: Signer,
  ) {}

  static async create(crypto: Crypto, room: { prk: Bytes; room16: Bytes }, author: Signer, epoch16: Bytes): Promise<FeedHost> {
    const name = { room16: room.room16, author32: author.publicKey, epoch16 }
    const start = chainStart(name)
    const key = feedKey(room.prk, name.room16, name.author32, epoch16)
    const [sealer, sig64] = await Promise.all([crypto.sealer(key), author.sign(chainMessage(start, 0, start))])
    return new FeedHost(new FeedLog(name, sig64), sealer, author)
  }

  /** Appends an entry; resolves to the LIVE frame for whoever listens. */
  append(kind: number, body: Bytes): Promise<Bytes> {
    const appended = this.line.then(async () => {
      const n = this.log.head + 1
      const entry = { kind, sealed: await this.sealer.seal(entryNonce(n), body, entryAad(kind)) }
      const chain32 = this.log.nextChain(entry)
      return this.log.append(entry, chain32, await this.author.sign(this.log.toSign(chain32)))
    })
    this.line = appended
    return appended
  }

  /** The frames to send back to whoever sent this one; none where it asks for nothing. */
  answer(payload: Bytes): Bytes[] {
    const frame = readFeedFrame(payload)
    if (!frame || frame.type !== 'want') return []
    const isMine = equal(frame.feed8, this.log.feed8) || frame.feed8.every((byte) => byte === 0)
    return [this.log.headFrame(), ...(isMine ? this.log.answer(frame.after, frame.budget) : [])]
  }
}

/** docs/protocol/feeds.md: unix milliseconds u48 ‖ 10 random bytes. */
export function newEpoch(nowMs: number, random10: Bytes): Bytes {
  const head = new Uint8Array(6)
  for (let i = 5, rest = nowMs; i >= 0; i--, rest = Math.floor(rest / 256)) head[i] = rest % 256
  return concat(head, random10)
}
