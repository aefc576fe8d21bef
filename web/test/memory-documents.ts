import type { Bytes } from '../client/src/codec/bytes.ts'
import type { DocumentStore, StoredDocument } from '../client/src/doc/document-store.ts'
import type { KeptEntry } from '../client/src/doc/held-feed.ts'

/** What IndexedDB does for a page, in memory. */
export class MemoryDocuments implements DocumentStore {
  readonly feeds = new Map<string, { epoch: string; author32: Bytes; entries: KeptEntry[] }>()
  readonly pending = new Map<number, Bytes>()
  private ids = 0

  async load(): Promise<StoredDocument> {
    return { feeds: [...this.feeds.values()].map((feed) => ({ ...feed, entries: [...feed.entries] })), pending: [...this.pending].map(([id, update]) => ({ id, update })) }
  }

  async append(_room: string, epoch: string, author32: Bytes, first: number, entries: KeptEntry[], sent: number[] = []): Promise<void> {
    const feed = this.feeds.get(epoch) || { epoch, author32, entries: [] }
    this.feeds.set(epoch, feed)
    entries.forEach((entry, i) => (feed.entries[first - 1 + i] = entry))
    for (const id of sent) this.pending.delete(id)
  }

  async pend(_room: string, update: Bytes): Promise<number> {
    this.pending.set(++this.ids, update)
    return this.ids
  }

  async drop(_room: string, epoch: string, last: number): Promise<void> {
    if ((this.feeds.get(epoch)?.entries.length || 0) <= last) this.feeds.delete(epoch)
  }
}
