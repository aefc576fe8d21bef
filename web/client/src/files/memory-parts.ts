import type { Bytes } from '../codec/bytes.ts'

/** A Blob that the browser fills outside the heap from a stream, at its own pace: it copies less, and stops the page less, than for a `new Blob()` per part. */
class GrowingBlob {
  private readonly blob: Promise<Blob>
  private want!: (to: ReadableStreamDefaultController<Bytes>) => void
  private fail!: (why: unknown) => void
  /** The browser has taken what it was given, and wants more. */
  private wanted!: Promise<ReadableStreamDefaultController<Bytes>>

  constructor() {
    this.wait()
    const stream = new ReadableStream<Bytes>({ pull: (to) => this.want(to), cancel: (why) => this.fail(why) }, { highWaterMark: 0 })
    this.blob = new Response(stream).blob()
    this.blob.catch((why) => this.fail(why))
  }

  /** Resolves when the browser has taken it. */
  async add(part: Bytes): Promise<void> {
    const to = await this.wanted
    this.wait()
    to.enqueue(part)
    await this.wanted
  }

  async whole(): Promise<Blob> {
    ;(await this.wanted).close()
    return this.blob
  }

  forget(): void {
    this.wanted.then((to) => to.error('not wanted')).catch(() => undefined)
  }

  private wait(): void {
    this.wanted = new Promise((want, fail) => ([this.want, this.fail] = [want, fail]))
    this.wanted.catch(() => undefined)
  }
}

/** Parts of a file that are not stored. */
export class MemoryParts {
  count = 0
  private blobs: Blob[] = []
  private growing: GrowingBlob | undefined

  /** Resolves when the browser has taken it. */
  add(part: Bytes): Promise<void> {
    this.count++
    this.growing = this.growing || new GrowingBlob()
    return this.growing.add(part)
  }

  /** Takes the place of what is here. */
  set(blobs: Blob[]): void {
    this.growing?.forget()
    this.growing = undefined
    this.blobs = blobs
    this.count = blobs.length
  }

  /** All parts, in order; nothing can be added after this. */
  async all(): Promise<Blob[]> {
    return this.growing ? [...this.blobs, await this.growing.whole()] : this.blobs
  }
}
