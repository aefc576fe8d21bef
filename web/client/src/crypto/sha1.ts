import type { Bytes } from '../codec/bytes.ts'

/** SHA-1 (FIPS 180-4 §6.1), for peer ids alone: they are BEP 44 targets, which are SHA-1 by definition. */
export function sha1(message: Uint8Array): Bytes {
  const padded = new Uint8Array(((message.length + 72) >>> 6) << 6)
  padded.set(message)
  padded[message.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 4, message.length << 3)
  const h = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0])
  const w = new Int32Array(80)
  for (let at = 0; at < padded.length; at += 64) {
    for (let t = 0; t < 80; t++) {
      w[t] = t < 16 ? view.getInt32(at + 4 * t) : left(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1)
    }
    let [a, b, c, d, e] = h
    for (let t = 0; t < 80; t++) {
      const mix =
        t < 20 ? ((b & c) | (~b & d)) + 0x5a827999
        : t < 40 ? (b ^ c ^ d) + 0x6ed9eba1
        : t < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
        : (b ^ c ^ d) + 0xca62c1d6
      const next = (left(a, 5) + mix + e + w[t]) | 0
      e = d
      d = c
      c = left(b, 30)
      b = a
      a = next
    }
    h[0] += a
    h[1] += b
    h[2] += c
    h[3] += d
    h[4] += e
  }
  const digest = new Uint8Array(20)
  const out = new DataView(digest.buffer)
  for (let i = 0; i < 5; i++) out.setInt32(4 * i, h[i])
  return digest
}

function left(x: number, n: number): number {
  return (x << n) | (x >>> (32 - n))
}
