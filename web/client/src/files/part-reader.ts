import type { Bytes } from '../codec/bytes.ts'
import { bytesOf } from './digest.ts'
import { PART_BYTES } from './file-frames.ts'

/** Reads a file's parts, one after the other, out of one stream into one buffer: a third of the work of a slice() for each. */
export class PartReader {
  private stream: ReadableStreamBYOBReader | undefined
  /** The part that the stream comes to next. */
  private next = -1
  private buffer = new ArrayBuffer(0)

  constructor(private readonly file: Blob) {}

  /** Part n (from 0), to be used before the next is asked for. Fails where the file was moved or changed. */
  async read(n: number): Promise<Bytes> {
    const { file } = this
    const from = n * PART_BYTES
    const size = Math.min(PART_BYTES, file.size - from)
    if (n !== this.next) this.seek(from)
    this.next = n + 1
    if (!this.stream) return bytesOf(file.slice(from, from + size))
    if (this.buffer.byteLength < size) this.buffer = new ArrayBuffer(size)
    for (let filled = 0; filled < size; ) {
      const { value } = await this.stream.read(new Uint8Array(this.buffer, filled, size - filled))
      if (!value || value.length === 0) throw new DOMException('The file is shorter than it was.', 'NotReadableError')
      this.buffer = value.buffer as ArrayBuffer
      filled += value.length
    }
    return new Uint8Array(this.buffer, 0, size)
  }

  /** Lets go of the file. */
  stop(): void {
    this.stream?.cancel().catch(() => undefined)
    this.stream = undefined
    this.next = -1
  }

  private seek(from: number): void {
    this.stop()
    try {
      this.stream = this.file.slice(from).stream().getReader({ mode: 'byob' })
    } catch {
      // Chrome before 111, Safari: no such streams of files. They are read in slices.
    }
  }
}
