import { hex, type Bytes } from '../codec/bytes.ts'
import { chainStart, type FeedName } from '../feeds/chain.ts'
import { readFeedFrame, writeFeedFrame, type FeedFrame, type SealedEntry } from '../feeds/feed-frames.ts'
import { answer, beginningWith, openDatabase, settled } from './database.ts'

/** Keeps verified entries as they came, sealed: nothing in the store can be read without the link. */
export interface FeedStore {
  /** The frames that bring a reader to where it was: one HEAD, then PACKs. */
  load(room16: Bytes): Promise<Bytes[]>
  append(batch: StoredBatch): void
  flush(): Promise<void>
}

export interface StoredBatch {
  name: FeedName
  entries: (SealedEntry & { n: number })[]
  chain32: Bytes
  sig64: Bytes
}

interface HeadRecord {
  epoch: string
  head: Bytes
  bytes: number
  atMs: number
}

const FLUSH_EVERY_MS = 250
/** One signature is checked for this much of a restored log. */
const GROUP_BYTES = 524_288
const MAX_ROOM_BYTES = 32 * 1_048_576
const MAX_ROOMS = 20

export class IndexedFeedStore implements FeedStore {
  private database: IDBDatabase | undefined
  private pending: StoredBatch | undefined
  private timer: ReturnType<typeof setTimeout> | undefined
  private bytes = 0
  private stored = ''
  private storedUpTo = 0
  private broken = false

  constructor(private readonly failed: (error: unknown) => void) {}

  async load(room16: Bytes): Promise<Bytes[]> {
    try {
      return await this.loadFrom((this.database = await openDatabase('roost', ['heads', 'packs'])), room16)
    } catch (error) {
      this.failed(error)
      return []
    }
  }

  private async loadFrom(database: IDBDatabase, room16: Bytes): Promise<Bytes[]> {
    void write(database, evict, false)
    const room = hex(room16)
    const record = await answer<HeadRecord | undefined>(database.transaction('heads').objectStore('heads').get(room))
    if (!record) return []
    this.stored = record.epoch
    this.bytes = record.bytes
    const packs = await answer<Bytes[]>(database.transaction('packs').objectStore('packs').getAll(beginningWith(room, record.epoch)))
    const restored = regroup(packs)
    const last = restored.length > 0 && readFeedFrame(restored[restored.length - 1])
    if (last && last.type === 'pack') this.storedUpTo = last.last!.head
    return [record.head, ...restored]
  }

  append(batch: StoredBatch): void {
    const last = batch.entries[batch.entries.length - 1]
    if (hex(batch.name.epoch16) === this.stored && last.n <= this.storedUpTo) return // just restored
    const { pending } = this
    const continues = pending && pending.name === batch.name && pending.entries[pending.entries.length - 1].n + 1 === batch.entries[0].n
    if (pending && !continues) void this.flush()
    this.pending = this.pending ? { ...batch, entries: [...this.pending.entries, ...batch.entries] } : batch
    this.timer = this.timer || setTimeout(() => void this.flush(), FLUSH_EVERY_MS)
  }

  async flush(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    const batch = this.pending
    this.pending = undefined
    if (!batch || this.broken || !this.database) return
    try {
      await this.save(this.database, batch)
    } catch (error) {
      this.broken = true // what would follow could not be joined to what is stored
      this.failed(error)
    }
  }

  /** Starts at once, without waiting for anything: a page that is being closed gets no second turn. */
  private save(database: IDBDatabase, { name, entries, chain32, sig64 }: StoredBatch): Promise<void> {
    const room = hex(name.room16)
    const epoch = hex(name.epoch16)
    const feed8 = chainStart(name).slice(0, 8)
    const n = entries[entries.length - 1].n
    const pack = writeFeedFrame({ type: 'pack', feed8, first: entries[0].n, last: { head: n, sig64 }, entries })
    const isNewFeed = this.stored !== epoch
    this.bytes = (isNewFeed ? 0 : this.bytes) + pack.length
    if (this.bytes > MAX_ROOM_BYTES) throw new Error('session-too-large-to-store')
    this.stored = epoch
    const head = writeFeedFrame({ type: 'head', author32: name.author32, epoch16: name.epoch16, n, chain32, sig64 })
    const record: HeadRecord = { epoch, head, bytes: this.bytes, atMs: Date.now() }
    return write(database, (packs, heads) => {
      if (isNewFeed) packs.delete(beginningWith(room))
      packs.put(pack, [room, epoch, entries[0].n])
      heads.put(record, room)
    })
  }
}

/** Joins stored packs, so that a restored log costs one signature per half megabyte. Two tabs, or two loads of the page, may have stored the same entries. */
export function regroup(stored: Bytes[]): Bytes[] {
  const grouped: Bytes[] = []
  let group: SealedEntry[] = []
  let signed: (FeedFrame & { type: 'pack' }) | undefined
  let next = 1
  let bytes = 0
  const close = (): void => {
    if (signed) grouped.push(writeFeedFrame({ ...signed, first: next - group.length, entries: group }))
    group = []
    signed = undefined
    bytes = 0
  }
  for (const one of stored) {
    const pack = readFeedFrame(one)
    if (!pack || pack.type !== 'pack' || pack.first > next || pack.first + pack.entries.length <= next) continue
    group.push(...pack.entries.slice(next - pack.first))
    next = pack.first + pack.entries.length
    signed = pack // its signature is over its last entry, which is the last of the group
    bytes += one.length
    if (bytes >= GROUP_BYTES) close()
  }
  close()
  return grouped
}

/** Forgets the rooms that were read longest ago. */
function evict(packs: IDBObjectStore, heads: IDBObjectStore): void {
  const all: { room: IDBValidKey; atMs: number }[] = []
  heads.openCursor().onsuccess = (event) => {
    const cursor = (event.target as IDBRequest<IDBCursorWithValue | null>).result
    if (cursor) {
      all.push({ room: cursor.key, atMs: cursor.value.atMs })
      return cursor.continue()
    }
    all.sort((a, b) => b.atMs - a.atMs)
    for (const { room } of all.slice(MAX_ROOMS)) {
      heads.delete(room)
      packs.delete(beginningWith(room))
    }
  }
}

/** `isWhole` false: the change asks for more once it has read something. */
function write(database: IDBDatabase, change: (packs: IDBObjectStore, heads: IDBObjectStore) => void, isWhole = true): Promise<void> {
  const transaction = database.transaction(['packs', 'heads'], 'readwrite')
  const done = settled(transaction)
  change(transaction.objectStore('packs'), transaction.objectStore('heads'))
  if (isWhole) transaction.commit?.() // not in Firefox 72 and Safari 14, where it commits a little later by itself
  return done
}
