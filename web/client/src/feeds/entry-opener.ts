import type { Bytes } from '../codec/bytes.ts'
import type { Crypto, Sealer } from '../crypto/provider.ts'
import { feedKey } from '../rooms/room-keys.ts'
import { entryAad, entryNonce, type FeedName } from './chain.ts'
import type { VerifiedEntry } from './feed-track.ts'

export interface OpenEntry {
  n: number
  kind: number
  /** Undefined where the author sealed something that does not open: his fault, and signed by him. */
  body: Bytes | undefined
}

/** Opens verified entries in parallel and hands them on in order. */
export class EntryOpener {
  private sealer: Promise<Sealer> | undefined
  private opened: FeedName | undefined
  private line: Promise<void> = Promise.resolve()

  constructor(
    private readonly crypto: Crypto,
    private readonly prk: Bytes,
  ) {}

  open(name: FeedName, entries: VerifiedEntry[], then: (entries: OpenEntry[]) => void): void {
    if (this.opened !== name || !this.sealer) {
      this.opened = name
      this.sealer = this.crypto.sealer(feedKey(this.prk, name.room16, name.author32, name.epoch16))
    }
    const opening = this.sealer.then((sealer) => Promise.all(entries.map((entry) => openOne(sealer, entry))))
    this.line = this.line.then(() => opening).then(then)
  }
}

async function openOne(sealer: Sealer, { n, kind, sealed }: VerifiedEntry): Promise<OpenEntry> {
  return { n, kind, body: await sealer.open(entryNonce(n), sealed, entryAad(kind)) }
}
