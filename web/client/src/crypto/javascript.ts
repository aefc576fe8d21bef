/**
 * The lazy chunk: Ed25519 and AES-GCM of the noble libraries, for pages without `crypto.subtle` (plain http) and browsers
 * without Ed25519. Nothing else may import noble.
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { concat, equal, type Bytes } from '../codec/bytes.ts'
import { AesGcm } from './aes-gcm.ts'
import type { Ed25519, Sealer, Signer } from './provider.ts'

const { Point } = ed25519

export const jsEd25519: Ed25519 = {
  generate: async () => signer(crypto.getRandomValues(new Uint8Array(32))),
  fromSeed: async (seed) => signer(seed),
  restore: async (stored) => ('seed' in stored ? signer(stored.seed) : undefined),
  verify: async (publicKey, message, signature) => verify(publicKey, message, signature),
}

export async function jsSealer(key: Bytes): Promise<Sealer> {
  const aes = new AesGcm(key)
  return {
    seal: async (nonce, body, aad) => aes.seal(nonce, body, aad),
    open: async (nonce, sealed, aad) => aes.open(nonce, sealed, aad),
  }
}

function signer(seed: Bytes): Signer {
  return {
    stored: { seed },
    publicKey: ed25519.getPublicKey(seed) as Bytes,
    sign: async (message) => ed25519.sign(message, seed) as Bytes,
  }
}

/** noble multiplies by the cofactor before it compares; the rule of docs/protocol/identity.md does not, so R is recomputed here. */
function verify(publicKey: Bytes, message: Bytes, signature: Bytes): boolean {
  try {
    const r = signature.subarray(0, 32)
    const s = little(signature.subarray(32))
    const k = Point.Fn.create(little(sha512(concat(r, publicKey, message))))
    const kA = Point.fromBytes(publicKey).negate().multiplyUnsafe(k)
    const sB = s === BigInt(0) ? Point.ZERO : Point.BASE.multiply(s)
    return equal(sB.add(kA).toBytes(), r)
  } catch {
    return false // not a point
  }
}

function little(bytes: Uint8Array): bigint {
  let digits = '0x'
  for (let i = bytes.length - 1; i >= 0; i--) digits += bytes[i].toString(16).padStart(2, '0')
  return BigInt(digits)
}
