import { concat, utf8, type Bytes } from '../codec/bytes.ts'
import { hkdfExpand, hkdfExtract } from '../crypto/hkdf.ts'
import type { Crypto, Signer } from '../crypto/provider.ts'
import { sha256 } from '../crypto/sha256.ts'
import type { Invite } from './invite.ts'

/** What a member derives from an invite; a hub sees room16, owner16 and the public half of the join key only. */
export interface RoomKeys {
  room16: Bytes
  owner16: Bytes
  prk: Bytes
  join: Signer
}

export async function deriveRoom(crypto: Crypto, { secret16, owner16 }: Invite): Promise<RoomKeys> {
  const prk = hkdfExtract(utf8('roost/1'), secret16)
  const join = await crypto.ed25519.fromSeed(hkdfExpand(prk, utf8('join'), 32))
  return { prk, join, owner16, room16: roomId(owner16, join.publicKey) }
}

/** A room that anyone who knows its name can enter and read. */
export function openRoom(network: string, name: string): Invite {
  const secret16 = sha256(concat(utf8('roost-open-1'), utf8(network), [0], utf8(name))).slice(0, 16)
  return { secret16, owner16: new Uint8Array(16) }
}

export function roomId(owner16: Bytes, joinPublicKey: Bytes): Bytes {
  return sha256(concat(utf8('roost-room-1'), owner16, joinPublicKey)).slice(0, 16)
}

/** docs/protocol/feeds.md: the key under which one author's one epoch is sealed. */
export function feedKey(prk: Bytes, room16: Bytes, author32: Bytes, epoch16: Bytes): Bytes {
  return hkdfExpand(prk, concat(utf8('seal'), room16, author32, epoch16), 32)
}
