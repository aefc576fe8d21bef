import type { Bytes } from './bytes.ts'

const MAX_HIGH = 0x20_0000 // 2⁵³ / 2³²
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Walks through a frame. Hostile bytes never throw: a read past the end gives zeros and turns `ok` to false for good,
 * so a codec reads everything first and asks `done` once.
 */
export class ByteReader {
  ok = true
  private at = 0
  private readonly from: Bytes

  constructor(from: Bytes) {
    this.from = from
  }

  /** True when every byte was read and no read failed. */
  get done(): boolean {
    return this.ok && this.at === this.from.length
  }

  get left(): number {
    return this.from.length - this.at
  }

  bytes(length: number): Bytes {
    if (length > this.left) {
      this.ok = false
      return new Uint8Array(Math.min(length, 64))
    }
    this.at += length
    return this.from.slice(this.at - length, this.at)
  }

  rest(): Bytes {
    return this.bytes(this.left)
  }

  /** All that is left, not copied: for what is large and soon copied anyway. */
  view(): Bytes {
    const { at } = this
    this.at = this.from.length
    return this.from.subarray(at)
  }

  u8(): number {
    return this.bytes(1)[0]
  }

  u16(): number {
    const b = this.bytes(2)
    return b[0] * 256 + b[1]
  }

  u32(): number {
    const b = this.bytes(4)
    return ((b[0] << 24) | (b[1] << 16) | (b[2] << 8) | b[3]) >>> 0
  }

  /** LEB128, shortest form only, at most 2⁵³ − 1. */
  varuint(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 8; i++) {
      const byte = this.u8()
      value += (byte & 127) * scale
      if (byte < 128) {
        if ((byte === 0 && i > 0) || value >= MAX_HIGH * 0x1_0000_0000) this.ok = false
        return value
      }
      scale *= 128
    }
    this.ok = false
    return 0
  }

  text(length: number): string {
    const bytes = this.bytes(length)
    if (!this.ok) return ''
    try {
      return decoder.decode(bytes)
    } catch {
      this.ok = false
      return ''
    }
  }

  str8(): string {
    return this.text(this.u8())
  }
}
