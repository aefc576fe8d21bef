import { fromHex, type Bytes } from '../codec/bytes.ts'
import type { Ed25519 } from '../crypto/provider.ts'

// Little-endian, as they stand on the wire (RFC 8032 §5.1).
const P = fromHex('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f')!
const L = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')!
const ONE = fromHex('0100000000000000000000000000000000000000000000000000000000000000')!
const MINUS_ONE = fromHex('ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f')!
/** y of the points whose order divides 8; the sign bit is masked off. */
const SMALL_ORDER_Y = [
  new Uint8Array(32),
  ONE,
  MINUS_ONE,
  fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')!,
  fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a')!,
]

/** The one verifier of Roost: the strict rule first, then the library. */
export async function verify(ed25519: Ed25519, publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  return isStrict(publicKey, signature) && ed25519.verify(publicKey, message, signature)
}

/** docs/protocol/identity.md: S < L, canonical R and key, no key of small order. Libraries differ in all three. */
export function isStrict(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false
  if (order(signature.subarray(32), L) >= 0) return false
  if (!isCanonical(signature.subarray(0, 32)) || !isCanonical(publicKey)) return false
  const y = withoutSign(publicKey)
  return SMALL_ORDER_Y.every((small) => order(y, small) !== 0)
}

function isCanonical(point: Uint8Array): boolean {
  const y = withoutSign(point)
  if (order(y, P) >= 0) return false
  const xIsZero = order(y, ONE) === 0 || order(y, MINUS_ONE) === 0
  return !(xIsZero && point[31] > 127)
}

function withoutSign(point: Uint8Array): Bytes {
  const y = Uint8Array.from(point)
  y[31] &= 127
  return y
}

/** Compares little-endian numbers of 32 bytes. */
function order(a: Uint8Array, b: Uint8Array): number {
  for (let i = 31; i >= 0; i--) {
    if (a[i] !== b[i]) return a[i] - b[i]
  }
  return 0
}
