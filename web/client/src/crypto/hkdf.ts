import { concat, type Bytes } from '../codec/bytes.ts'
import { sha256 } from './sha256.ts'

/** HMAC (RFC 2104) with SHA-256. */
export function hmac(key: Uint8Array, message: Uint8Array): Bytes {
  const block = new Uint8Array(64)
  block.set(key.length > 64 ? sha256(key) : key)
  const inner = block.map((byte) => byte ^ 0x36)
  const outer = block.map((byte) => byte ^ 0x5c)
  return sha256(concat(outer, sha256(concat(inner, message))))
}

/** RFC 5869 §2.2. */
export const hkdfExtract = (salt: Uint8Array, secret: Uint8Array): Bytes => hmac(salt, secret)

/** RFC 5869 §2.3. */
export function hkdfExpand(prk: Uint8Array, info: Uint8Array, length: number): Bytes {
  let block: Bytes = new Uint8Array(0)
  let all: Bytes = new Uint8Array(0)
  for (let i = 1; all.length < length; i++) {
    block = hmac(prk, concat(block, info, [i]))
    all = concat(all, block)
  }
  return all.slice(0, length)
}
