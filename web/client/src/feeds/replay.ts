import type { FeedFrame, SealedEntry } from './feed-frames.ts'

/** docs/protocol/feeds.md: an answer is never more than 1 MiB, plus what the last frame may be over. */
const MAX_REPLAY_BYTES = 1_048_576 + 65_536

export interface Replay {
  first: number
  entries: SealedEntry[]
  last: { head: number; sig64: Uint8Array<ArrayBuffer> }
}

/** Collects the PACKs of one answer until the one that carries the signature. */
export class ReplayCollector {
  private first = 0
  private bytes = 0
  private entries: SealedEntry[] = []

  /** `reachable` is the highest number whose chain the reader knows. 'lost' means: ask again. */
  add(pack: FeedFrame & { type: 'pack' }, reachable: number): Replay | 'more' | 'lost' {
    if (this.first === 0 || pack.first !== this.first + this.entries.length) {
      this.clear()
      if (pack.first - 1 > reachable) return 'lost'
      this.first = pack.first
    }
    for (const entry of pack.entries) {
      this.entries.push(entry)
      this.bytes += entry.sealed.length
    }
    if (this.bytes > MAX_REPLAY_BYTES) {
      this.clear()
      return 'lost'
    }
    if (!pack.last) return 'more'
    const replay = { first: this.first, entries: this.entries, last: pack.last }
    this.clear()
    return replay
  }

  clear(): void {
    this.first = 0
    this.bytes = 0
    this.entries = []
  }
}
