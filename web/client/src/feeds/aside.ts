import type { Bytes } from '../codec/bytes.ts'

export interface LiveEntry {
  n: number
  kind: number
  sealed: Bytes
  sig64: Bytes
}

/** docs/protocol/feeds.md: LIVE frames beyond the cursor wait here, at most 1,024 of them. */
export const MAX_ASIDE = 1_024
/** Junk may take the number of an honest entry, so a few candidates of one number are kept. */
const MAX_PER_NUMBER = 4

export class Aside {
  private readonly byNumber = new Map<number, LiveEntry[]>()
  private readonly asked = new Set<LiveEntry>()
  private count = 0

  /** False when there is no room: the reader then has to ask for what it drops. */
  put(entry: LiveEntry): boolean {
    const same = this.byNumber.get(entry.n)
    if (this.count >= MAX_ASIDE || (same && same.length >= MAX_PER_NUMBER)) return false
    if (same) same.push(entry)
    else this.byNumber.set(entry.n, [entry])
    this.count++
    return true
  }

  get isEmpty(): boolean {
    return this.count === 0
  }

  /** The entries that follow `cursor` without a hole. */
  run(cursor: number): LiveEntry[] {
    const entries: LiveEntry[] = []
    for (let same = this.byNumber.get(cursor + 1); same; same = this.byNumber.get(cursor + 1 + entries.length)) entries.push(same[0])
    return entries
  }

  /** Remembers what waits while a question goes out. */
  mark(): void {
    this.asked.clear()
    this.byNumber.forEach((same) => same.forEach((entry) => this.asked.add(entry)))
  }

  /** Drops what waited before the question and is still not reached by a full answer: nobody wrote it. */
  dropMarked(): void {
    this.asked.forEach((entry) => this.drop(entry))
    this.asked.clear()
  }

  drop(entry: LiveEntry): void {
    const same = this.byNumber.get(entry.n)
    const at = same ? same.indexOf(entry) : -1
    if (at < 0) return
    same!.splice(at, 1)
    this.count--
    if (same!.length === 0) this.byNumber.delete(entry.n)
  }

  /** Forgets everything at or below the cursor. */
  forget(cursor: number): void {
    this.byNumber.forEach((same, n) => {
      if (n > cursor) return
      this.count -= same.length
      this.byNumber.delete(n)
    })
  }
}
