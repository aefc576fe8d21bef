import { concat, u32, utf8, type Bytes } from '../codec/bytes.ts'
import { hkdfExpand } from '../crypto/hkdf.ts'
import type { Signer } from '../crypto/provider.ts'
import type { RoomKeys } from '../rooms/room-keys.ts'

const ASK_DOCUMENT = 0x4c

/** The keeper's answer, whatever it is: asking again would change nothing. */
export const isKeepAnswer = (payload: Bytes): boolean => payload[0] === 0x6b

/** docs/protocol/keeping.md: asks the hub's keeper to keep this document's sealed feeds. The join key's seed lets it in and opens nothing. */
export async function askToKeep(write: Signer, asker20: Bytes, keeper20: Bytes, { prk, room16 }: RoomKeys, seconds: number): Promise<Bytes> {
  const sig64 = await write.sign(concat(utf8('roost-keep-1'), asker20, keeper20, room16, u32(seconds)))
  return concat([ASK_DOCUMENT], write.publicKey, hkdfExpand(prk, utf8('join'), 32), u32(seconds), sig64)
}
