import type { Bytes } from '../codec/bytes.ts'

/** Joined to one Blob, which the browser keeps outside the heap: browsers stop the page for some milliseconds at every Blob that is made. */
const JOIN_PARTS = 8

/** Parts of a file that are not stored. */
export class MemoryParts {
  count = 0
  private blobs: Blob[] = []
  private loose: Bytes[] = []

  add(part: Bytes): void {
    this.count++
    if (this.loose.push(part) === JOIN_PARTS) this.join()
  }

  /** Takes the place of what is here. */
  set(blobs: Blob[]): void {
    this.loose = []
    this.blobs = blobs
    this.count = blobs.length
  }

  /** All parts, in order. */
  all(): Blob[] {
    this.join()
    return this.blobs
  }

  private join(): void {
    if (this.loose.length > 0) this.blobs.push(new Blob(this.loose))
    this.loose = []
  }
}
