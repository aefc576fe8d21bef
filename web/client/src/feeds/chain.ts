import { concat, u32, u64, utf8, type Bytes } from '../codec/bytes.ts'
import { sha256 } from '../crypto/sha256.ts'

/** What names a feed: whose, in which room, from which start. */
export interface FeedName {
  room16: Bytes
  author32: Bytes
  epoch16: Bytes
}

/** chain₀. Its first eight bytes are feed8. */
export function chainStart(name: FeedName): Bytes {
  return sha256(concat(utf8('roost-log-1'), name.room16, name.author32, name.epoch16))
}

/** chainₙ out of chainₙ₋₁. */
export function chainNext(chain: Bytes, n: number, kind: number, sealed: Bytes): Bytes {
  return sha256(concat(chain, u64(n), [kind], sealed))
}

/** What the author signs to vouch for everything up to and including entry n. */
export function chainMessage(start: Bytes, n: number, chain: Bytes): Bytes {
  return concat(utf8('roost-chain-1'), start, u64(n), chain)
}

export const entryNonce = (n: number): Bytes => concat(u32(0), u64(n))
export const entryAad = (kind: number): Bytes => new Uint8Array([kind])
