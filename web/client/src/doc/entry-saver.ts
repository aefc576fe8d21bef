import type { DocumentStore } from './document-store.ts'
import type { HeldFeed } from './held-feed.ts'

/** Keeps entries of others: those of a feed that come close together are written together, once the work under way is done. */
export class EntrySaver {
  private readonly unsaved = new Map<HeldFeed, number>()

  constructor(
    private readonly store: DocumentStore,
    private readonly roomHex: string,
    private readonly queue: (work: () => void) => void,
    private readonly failed: () => void,
  ) {}

  /** The feed's last entry, and what follows until its turn comes. */
  save(feed: HeldFeed): void {
    if (this.unsaved.has(feed)) return
    this.unsaved.set(feed, feed.last)
    this.queue(() => {
      const first = this.unsaved.get(feed)!
      this.unsaved.delete(feed)
      const entries = feed.entries.slice(first - 1)
      void this.store.append(this.roomHex, feed.epoch, feed.name.author32, first, entries).catch(this.failed)
    })
  }
}
