import type { Bytes } from '../codec/bytes.ts'
import type { Crypto, Sealer } from '../crypto/provider.ts'
import { entryAad, entryNonce } from '../feeds/chain.ts'
import { feedKey } from '../rooms/room-keys.ts'
import type { HeldFeed, KeptEntry } from './held-feed.ts'
import { Pieces } from './pieces.ts'

/** Opens the entries of a document's feeds, each feed's in order, and joins their pieces. */
export class DocumentEntries {
  private readonly open = new Map<string, { sealer: Promise<Sealer>; pieces: Pieces }>()

  constructor(
    private readonly crypto: Crypto,
    private readonly prk: Bytes,
  ) {}

  /** A whole payload; undefined while pieces are missing, `'sealed'` for what nobody of the room sealed. */
  async take({ name, feed8 }: HeldFeed, n: number, { kind, sealed }: KeptEntry): Promise<Bytes | undefined | 'sealed'> {
    const open = this.open.get(feed8) || { sealer: this.crypto.sealer(feedKey(this.prk, name.room16, name.author32, name.epoch16)), pieces: new Pieces() }
    this.open.set(feed8, open)
    const body = await (await open.sealer).open(entryNonce(n), sealed, entryAad(kind))
    return body ? open.pieces.add(kind, body) : 'sealed'
  }
}
