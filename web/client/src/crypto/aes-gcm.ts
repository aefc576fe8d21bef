import { unsafe } from '@noble/ciphers/aes.js'
import type { Bytes } from '../codec/bytes.ts'

/**
 * AES-256-GCM (NIST SP 800-38D) for many short messages under one key: noble's block cipher, with the key schedule and the
 * GHASH table made once. noble's own `gcm` makes both anew for every message, which is most of the time of a late join.
 */
export class AesGcm {
  private readonly schedule: Uint32Array
  private readonly table: Int32Array
  private readonly pad = new Uint8Array(16)
  private readonly counter = new Uint8Array(16)

  constructor(key: Bytes) {
    this.schedule = unsafe.expandKeyLE(key) as Uint32Array
    const h = new Uint8Array(16)
    this.encryptBlock(h)
    this.table = tableOf(h)
  }

  seal(nonce: Bytes, body: Bytes, aad: Bytes): Bytes {
    const sealed = new Uint8Array(body.length + 16)
    sealed.set(body)
    this.mask(nonce, sealed.subarray(0, body.length))
    sealed.set(this.tag(nonce, sealed.subarray(0, body.length), aad), body.length)
    return sealed
  }

  /** Undefined when the tag does not fit. */
  open(nonce: Bytes, sealed: Bytes, aad: Bytes): Bytes | undefined {
    const length = sealed.length - 16
    if (length < 0) return undefined
    const tag = this.tag(nonce, sealed.subarray(0, length), aad)
    let differs = 0
    for (let i = 0; i < 16; i++) differs |= tag[i] ^ sealed[length + i]
    if (differs !== 0) return undefined
    const body = sealed.slice(0, length)
    this.mask(nonce, body)
    return body
  }

  /** GCTR from counter 2 on (§6.5), in place. */
  private mask(nonce: Bytes, body: Uint8Array): void {
    for (let at = 0, count = 2; at < body.length; at += 16, count++) {
      this.counterBlock(nonce, count)
      const end = Math.min(16, body.length - at)
      for (let i = 0; i < end; i++) body[at + i] ^= this.counter[i]
    }
  }

  private tag(nonce: Bytes, ciphertext: Uint8Array, aad: Bytes): Bytes {
    const z = new Int32Array(4)
    this.absorb(z, aad)
    this.absorb(z, ciphertext)
    const lengths = new Uint8Array(16)
    const view = new DataView(lengths.buffer)
    view.setUint32(4, aad.length * 8)
    view.setUint32(12, ciphertext.length * 8)
    this.absorb(z, lengths)
    this.counterBlock(nonce, 1)
    const tag = new Uint8Array(16)
    for (let i = 0; i < 16; i++) tag[i] = (z[i >> 2] >>> (24 - 8 * (i & 3))) ^ this.counter[i]
    return tag
  }

  private counterBlock(nonce: Bytes, count: number): void {
    this.counter.set(nonce)
    this.counter[12] = count >>> 24
    this.counter[13] = count >>> 16
    this.counter[14] = count >>> 8
    this.counter[15] = count
    this.encryptBlock(this.counter)
  }

  private encryptBlock(block: Uint8Array): void {
    const words = [0, 4, 8, 12].map((at) => block[at] | (block[at + 1] << 8) | (block[at + 2] << 16) | (block[at + 3] << 24))
    const { s0, s1, s2, s3 } = unsafe.encrypt(this.schedule as never, words[0], words[1], words[2], words[3])
    const out = [s0, s1, s2, s3]
    for (let i = 0; i < 16; i++) block[i] = out[i >> 2] >>> (8 * (i & 3))
  }

  /** GHASH (§6.4) over whole blocks, the last one padded with zeros. */
  private absorb(z: Int32Array, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += 16) {
      const { pad } = this
      for (let i = 0; i < 16; i++) pad[i] = (at + i < bytes.length ? bytes[at + i] : 0) ^ (z[i >> 2] >>> (24 - 8 * (i & 3)))
      this.multiply(z, pad)
    }
  }

  /** z = x · H, four bits at a time (Shoup), from the last nibble to the first. */
  private multiply(z: Int32Array, x: Uint8Array): void {
    const { table } = this
    let [a, b, c, d] = [0, 0, 0, 0]
    for (let i = 31; i >= 0; i--) {
      const fallen = d & 15
      d = (d >>> 4) | (c << 28)
      c = (c >>> 4) | (b << 28)
      b = (b >>> 4) | (a << 28)
      a = (a >>> 4) ^ REDUCED[fallen]
      const at = 4 * ((i & 1 ? x[i >> 1] : x[i >> 1] >>> 4) & 15)
      a ^= table[at]
      b ^= table[at + 1]
      c ^= table[at + 2]
      d ^= table[at + 3]
    }
    z[0] = a
    z[1] = b
    z[2] = c
    z[3] = d
  }
}

/** What four bits that fall off the low end become: multiples of 0xE1 << 120. */
const REDUCED = new Int32Array(16)
for (let i = 0; i < 16; i++) {
  for (let bit = 0; bit < 4; bit++) if (i & (1 << bit)) REDUCED[i] ^= 0xe1000000 >>> (3 - bit)
}

/** H times every polynomial of degree below four; the highest bit of a nibble is x⁰. */
function tableOf(h: Uint8Array): Int32Array {
  const table = new Int32Array(64)
  let v = [0, 4, 8, 12].map((at) => (h[at] << 24) | (h[at + 1] << 16) | (h[at + 2] << 8) | h[at + 3])
  for (let nibble = 8; nibble > 0; nibble >>= 1) {
    table.set(v, 4 * nibble)
    const [a, b, c, d] = v
    v = [(a >>> 1) ^ (d & 1 ? 0xe1000000 | 0 : 0), (b >>> 1) | (a << 31), (c >>> 1) | (b << 31), (d >>> 1) | (c << 31)]
  }
  for (let nibble = 1; nibble < 16; nibble++) {
    const high = 1 << (31 - Math.clz32(nibble))
    if (high === nibble) continue
    for (let i = 0; i < 4; i++) table[4 * nibble + i] = table[4 * high + i] ^ table[4 * (nibble ^ high) + i]
  }
  return table
}
