import type { Bytes } from '../codec/bytes.ts'

/**
 * SHA-256 (FIPS 180-4 §6.2), synchronous: a chain of thousands of links must not wait for a promise per link, and
 * `crypto.subtle` does not exist on plain http. The constants are computed as the standard defines them (§4.2.2, §5.3.3).
 */
const K = new Uint32Array(64)
const START = new Uint32Array(8)

for (let candidate = 2, found = 0; found < 64; candidate++) {
  let prime = true
  for (let d = 2; d * d <= candidate; d++) prime = prime && candidate % d !== 0
  if (!prime) continue
  if (found < 8) START[found] = fraction(Math.sqrt(candidate))
  K[found++] = fraction(Math.cbrt(candidate))
}

function fraction(root: number): number {
  return Math.floor((root % 1) * 0x1_0000_0000)
}

const W = new Uint32Array(64)
const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n))

export function sha256(message: Uint8Array): Bytes {
  const state = START.slice()
  const padded = new Uint8Array(((message.length + 72) >>> 6) << 6)
  padded.set(message)
  padded[message.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(message.length / 0x2000_0000))
  view.setUint32(padded.length - 4, message.length << 3)
  for (let at = 0; at < padded.length; at += 64) compress(state, view, at)
  const digest = new Uint8Array(32)
  const out = new DataView(digest.buffer)
  for (let i = 0; i < 8; i++) out.setUint32(4 * i, state[i])
  return digest
}

function compress(state: Uint32Array, block: DataView, at: number): void {
  for (let t = 0; t < 16; t++) W[t] = block.getUint32(at + 4 * t)
  for (let t = 16; t < 64; t++) {
    const a = W[t - 15]
    const b = W[t - 2]
    W[t] = (rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10)) + W[t - 7] + (rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)) + W[t - 16]
  }
  let [a, b, c, d, e, f, g, h] = state
  for (let t = 0; t < 64; t++) {
    const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + K[t] + W[t]) | 0
    const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  state[0] += a
  state[1] += b
  state[2] += c
  state[3] += d
  state[4] += e
  state[5] += f
  state[6] += g
  state[7] += h
}
