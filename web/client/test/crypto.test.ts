import { hkdf } from '@noble/hashes/hkdf.js'
import { sha1 as nobleSha1 } from '@noble/hashes/legacy.js'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { describe, expect, test } from 'vitest'
import { hex, utf8 } from '../src/codec/bytes.ts'
import { chooseCrypto } from '../src/crypto/choose.ts'
import { hkdfExpand, hkdfExtract } from '../src/crypto/hkdf.ts'
import * as javascript from '../src/crypto/javascript.ts'
import { sha1 } from '../src/crypto/sha1.ts'
import { sha256 } from '../src/crypto/sha256.ts'
import { webSealer } from '../src/crypto/web-crypto.ts'

const pattern = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, (_, i) => (i * 131 + length) & 255)

test('hashes equal those of an independent library at every length up to three blocks', () => {
  expect(hex(sha256(utf8('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(hex(sha1(utf8('abc')))).toBe('a9993e364706816aba3e25717850c26c9cd0d89d')
  for (let length = 0; length < 200; length++) {
    const message = pattern(length)
    expect(hex(sha256(message))).toBe(hex(nobleSha256(message)))
    expect(hex(sha1(message))).toBe(hex(nobleSha1(message)))
  }
})

test('HKDF equals RFC 5869 as an independent library has it', () => {
  for (const length of [16, 32, 33, 64, 100]) {
    const ours = hkdfExpand(hkdfExtract(pattern(9), pattern(20)), pattern(70), length)
    expect(hex(ours)).toBe(hex(hkdf(nobleSha256, pattern(20), pattern(9), pattern(70), length)))
  }
})

describe('AES-256-GCM', () => {
  test('of the browser and of the library open each other', async () => {
    const [key, nonce, aad, body] = [pattern(32), pattern(12), utf8('a'), pattern(100)]
    const pair = [await webSealer(crypto.subtle, key), await javascript.jsSealer(key)]
    for (const one of pair) {
      for (const other of pair) expect(await other.open(nonce, await one.seal(nonce, body, aad), aad)).toEqual(body)
      const sealed = await one.seal(nonce, body, aad)
      sealed[3] ^= 1
      expect(await one.open(nonce, sealed, aad)).toBeUndefined()
      expect(await one.open(nonce, pattern(3), aad)).toBeUndefined()
    }
  })
})

test('AES-256-GCM in JavaScript equals the browser’s at every length up to five blocks, with every length of AAD', async () => {
  for (let length = 0; length < 80; length++) {
    const [key, nonce, aad, body] = [pattern(32).map((byte) => byte ^ length), pattern(12), pattern(length % 40), pattern(length)]
    const theirs = await (await webSealer(crypto.subtle, key)).seal(nonce, body, aad)
    expect(hex(await (await javascript.jsSealer(key)).seal(nonce, body, aad)), String(length)).toBe(hex(theirs))
  }
})

describe('the choice', () => {
  const load = async () => javascript
  test('takes the browser where it can', async () => {
    expect((await chooseCrypto(crypto.subtle, load)).made).toEqual({ ed25519: 'browser', aesGcm: 'browser' })
  })
  test('takes JavaScript on plain http, where there is no crypto.subtle', async () => {
    expect((await chooseCrypto(null, load)).made).toEqual({ ed25519: 'javascript', aesGcm: 'javascript' })
  })
  test('mixes where the browser knows AES-GCM but not Ed25519', async () => {
    const subtle = new Proxy(crypto.subtle, {
      get: (target, name) => (name === 'importKey' ? () => Promise.reject(new Error('unknown')) : Reflect.get(target, name)),
    })
    expect((await chooseCrypto(subtle, load)).made).toEqual({ ed25519: 'javascript', aesGcm: 'browser' })
  })
})
