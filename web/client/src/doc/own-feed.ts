import { utf8, type Bytes } from '../codec/bytes.ts'
import type { Crypto, Sealer, Signer } from '../crypto/provider.ts'
import { chainMessage, entryAad, entryNonce } from '../feeds/chain.ts'
import { newEpoch } from '../feeds/feed-host.ts'
import { KIND } from '../feeds/feed-frames.ts'
import { feedKey, type RoomKeys } from '../rooms/room-keys.ts'
import { HeldFeed, type KeptEntry } from './held-feed.ts'
import { writeRoll } from './roll-frames.ts'

/** The feed of this visit: begun with its first change, never continued by another visit, so that no nonce is used twice. */
export class OwnFeed {
  private constructor(
    readonly feed: HeldFeed,
    private readonly sealer: Sealer,
    private readonly write: Signer,
  ) {}

  static async begin(crypto: Crypto, room: RoomKeys, write: Signer, nowMs: number): Promise<OwnFeed> {
    const epoch16 = newEpoch(nowMs, globalThis.crypto.getRandomValues(new Uint8Array(10)))
    const name = { room16: room.room16, author32: write.publicKey, epoch16 }
    return new OwnFeed(new HeldFeed(name), await crypto.sealer(feedKey(room.prk, name.room16, name.author32, epoch16)), write)
  }

  /** Tells the room of the feed before its first entry. */
  async announcement(): Promise<Bytes> {
    const { chainStart, name } = this.feed
    const sig64 = await this.write.sign(chainMessage(chainStart, 0, chainStart))
    return writeRoll({ author32: name.author32, answer: false, lines: [{ epoch16: name.epoch16, n: 0, chain32: chainStart, sig64 }] })
  }

  /** Entry 1 of the feed. */
  meta(nowMs: number): { kind: number; body: Bytes } {
    return { kind: KIND.meta, body: utf8(JSON.stringify({ v: 1, title: '', format: 'yjs', t: nowMs })) }
  }

  /** Seals and signs what comes next; the caller keeps it before anybody hears of it. */
  async make(drafts: { kind: number; body: Bytes }[]): Promise<(KeptEntry & { sig64: Bytes })[]> {
    const made: (KeptEntry & { sig64: Bytes })[] = []
    let chain = this.feed.chain
    for (const { kind, body } of drafts) {
      const n = this.feed.last + made.length + 1
      const entry = { kind, sealed: await this.sealer.seal(entryNonce(n), body, entryAad(kind)) }
      chain = this.feed.next(entry, chain, n)
      made.push({ ...entry, sig64: await this.write.sign(chainMessage(this.feed.chainStart, n, chain)) })
    }
    return made
  }
}
