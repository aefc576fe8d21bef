import type { Bytes } from '../codec/bytes.ts'
import type { KeptEntry } from './held-feed.ts'
import { answer, beginningWith, openDatabase, settled } from '../storage/database.ts'

/** What a browser keeps of one document: sealed feeds of all writers, and its own changes that are in no feed yet. */
export interface DocumentStore {
  load(room: string): Promise<StoredDocument>
  /** Resolves once they are on the disk. */
  append(room: string, epoch: string, author32: Bytes, first: number, entries: KeptEntry[], sent?: number[]): Promise<void>
  /** A change of ours, on its way into a feed. Starts at once, so that it outlives a page that is being closed. Resolves to its name. */
  pend(room: string, update: Bytes): Promise<number>
  /** Deletes a feed up to an entry, unless it goes on. */
  drop(room: string, epoch: string, last: number): Promise<void>
}

export interface StoredDocument {
  feeds: { epoch: string; author32: Bytes; entries: KeptEntry[] }[]
  pending: { id: number; update: Bytes }[]
}

interface Row extends KeptEntry {
  n: number
  epoch: string
  author32: Bytes
}

export class IndexedDocumentStore implements DocumentStore {
  private readonly database = openDatabase('roost-docs', ['entries', 'pending'])

  async load(room: string): Promise<StoredDocument> {
    const transaction = (await this.database).transaction(['entries', 'pending'])
    const rows = answer<Row[]>(transaction.objectStore('entries').getAll(beginningWith(room)))
    const [updates, keys] = [answer<Bytes[]>(transaction.objectStore('pending').getAll(beginningWith(room))), answer<IDBValidKey[]>(transaction.objectStore('pending').getAllKeys(beginningWith(room)))]
    const feeds = new Map<string, StoredDocument['feeds'][number]>()
    for (const { n, epoch, author32, kind, sealed, sig64 } of await rows) {
      const feed = feeds.get(epoch) || { epoch, author32, entries: [] }
      feeds.set(epoch, feed)
      if (n === feed.entries.length + 1) feed.entries.push({ kind, sealed, sig64 }) // a hole ends it: what is behind has to come anew
    }
    const ids = (await keys).map((key) => (key as [string, number])[1])
    return { feeds: [...feeds.values()], pending: (await updates).map((update, i) => ({ id: ids[i], update })) }
  }

  async append(room: string, epoch: string, author32: Bytes, first: number, entries: KeptEntry[], sent: number[] = []): Promise<void> {
    const transaction = (await this.database).transaction(['entries', 'pending'], 'readwrite')
    const store = transaction.objectStore('entries')
    entries.forEach(({ kind, sealed, sig64 }, i) => store.put({ n: first + i, epoch, author32, kind, sealed, sig64 }, [room, epoch, first + i]))
    for (const id of sent) transaction.objectStore('pending').delete([room, id])
    await settled(transaction)
  }

  async pend(room: string, update: Bytes): Promise<number> {
    // Not `autoIncrement`: the name is needed before the disk answers, and two tabs must not share one.
    const id = Date.now() * 4_096 + crypto.getRandomValues(new Uint16Array(1))[0] % 4_096
    const transaction = (this.opened || (await this.database)).transaction('pending', 'readwrite')
    transaction.objectStore('pending').put(update, [room, id])
    transaction.commit?.()
    await settled(transaction)
    return id
  }

  async drop(room: string, epoch: string, last: number): Promise<void> {
    const transaction = (await this.database).transaction('entries', 'readwrite')
    const store = transaction.objectStore('entries')
    const beyond = store.count(IDBKeyRange.bound([room, epoch, last + 1], [room, epoch, []]))
    beyond.onsuccess = () => {
      if (beyond.result === 0) store.delete(beginningWith(room, epoch))
    }
    await settled(transaction)
  }

  /** Lets `pend` begin in the turn in which it is called. */
  private opened: IDBDatabase | undefined

  async ready(): Promise<void> {
    this.opened = await this.database
  }
}
