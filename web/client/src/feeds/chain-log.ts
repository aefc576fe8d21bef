import type { Bytes } from '../codec/bytes.ts'

/** All chain values of one feed, 32 bytes each, so that any later signed claim about any entry can be compared. */
export class ChainLog {
  private bytes: Bytes = new Uint8Array(32 * 64)
  /** The number of the newest entry. */
  length = 0

  constructor(start: Bytes) {
    this.bytes.set(start)
  }

  at(n: number): Bytes {
    return this.bytes.slice(32 * n, 32 * n + 32)
  }

  append(chain: Bytes): void {
    this.length++
    if (32 * this.length + 32 > this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2)
      larger.set(this.bytes)
      this.bytes = larger
    }
    this.bytes.set(chain, 32 * this.length)
  }
}
