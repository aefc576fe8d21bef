import { ed25519 } from '@noble/curves/ed25519.js'
import { describe, expect, test } from 'vitest'
import { concat, hex, utf8 } from '../src/codec/bytes.ts'
import { jsEd25519 } from '../src/crypto/javascript.ts'
import { sha256 } from '../src/crypto/sha256.ts'
import { webEd25519 } from '../src/crypto/web-crypto.ts'
import { peerIdText } from '../src/identity/peer-id.ts'
import { isStrict, verify } from '../src/identity/strict.ts'
import { bytes, vectors } from './vectors.ts'

const shared = vectors('identity')
const providers = { browser: webEd25519(crypto.subtle), javascript: jsEd25519 }

describe.each(Object.entries(providers))('Ed25519 of the %s', (_, provider) => {
  test('makes the keys, ids and signatures of the shared vectors', async () => {
    for (const key of shared.keys) {
      const signer = await provider.fromSeed(bytes(key.seed))
      expect(hex(signer.publicKey)).toBe(key.public)
      expect(peerIdText(signer.publicKey)).toBe(key.peerId)
      expect(hex(sha256(signer.publicKey))).toBe(key.hubId)
      expect(hex(await signer.sign(bytes(key.message)))).toBe(key.signature)
      expect(await verify(provider, signer.publicKey, bytes(key.message), bytes(key.signature))).toBe(true)
    }
  })

  test('refuses a changed message, key and signature', async () => {
    const signer = await provider.generate()
    const message = utf8('roost')
    const sig64 = await signer.sign(message)
    expect(await verify(provider, signer.publicKey, message, sig64)).toBe(true)
    expect(await verify(provider, signer.publicKey, utf8('Roost'), sig64)).toBe(false)
    for (const at of [0, 31, 32, 63]) {
      const changed = sig64.slice()
      changed[at] ^= 1
      expect(await verify(provider, signer.publicKey, message, changed)).toBe(false)
    }
  })

  test('does not multiply by the cofactor: a signature that only fits up to small order is refused', async () => {
    // R is shifted by a point of order 8; the cofactored equation holds, the plain one does not.
    const torsion = ed25519.Point.fromBytes(bytes('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'))
    const { Point } = ed25519
    const secret = 987654321n
    const key32 = Point.BASE.multiply(secret).toBytes() as Uint8Array<ArrayBuffer>
    const nonce = 123456789n
    const r32 = Point.BASE.multiply(nonce).add(torsion).toBytes()
    const message = utf8('roost')
    const { sha512 } = await import('@noble/hashes/sha2.js')
    const k = BigInt('0x' + hex(Uint8Array.from(sha512(concat(r32, key32, message))).reverse()))
    const s = Point.Fn.create(nonce + Point.Fn.create(k) * secret)
    const s32 = bytes(s.toString(16).padStart(64, '0')).reverse()
    const sig64 = concat(r32, s32)
    expect(isStrict(key32, sig64)).toBe(true)
    expect(ed25519.verify(sig64, message, key32, { zip215: false })).toBe(true) // why noble's own verify is not used
    expect(await verify(provider, key32, message, sig64)).toBe(false)
  })
})

test('keys of small order and encodings that are not canonical are refused before any library is asked', () => {
  const sig64 = new Uint8Array(64)
  sig64[0] = 2
  expect(isStrict(bytes(shared.keys[0].public), sig64)).toBe(true)
  for (const key of shared.refusedKeys) expect(isStrict(bytes(key), sig64), key).toBe(false)
})

test('S at or above L is refused', () => {
  const key = bytes(shared.keys[0].public)
  const sig64 = bytes(shared.keys[0].signature)
  sig64.set(bytes('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010'), 32)
  expect(isStrict(key, sig64)).toBe(false)
  sig64[32]--
  expect(isStrict(key, sig64)).toBe(true)
})
