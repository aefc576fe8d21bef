import { fromHex, type Bytes } from '../codec/bytes.ts'
import type { StoredKey } from '../crypto/provider.ts'
import type { Kept } from './outbox.ts'
import { answer, beginningWith, openDatabase, settled } from '../storage/database.ts'
import { HEARD, type OutboxStore, type StoredOutbox } from './outbox-store.ts'

const NAME = 'roost-client'
const STORES = ['keys', 'lines', 'queue'] as const
type StoreName = (typeof STORES)[number]

export class IndexedStore implements Omit<OutboxStore, 'hear'> {
  private readonly database: Promise<IDBDatabase>

  constructor() {
    this.database = openDatabase(NAME, STORES)
    this.database.catch(() => undefined) // told to whoever asks for something
  }

  async load(pair: string): Promise<StoredOutbox | undefined> {
    const [line, queue] = await Promise.all([
      this.ask<{ line16: Bytes; lastNumber: number }>('lines', (store) => store.get(pair)),
      this.ask<Kept[]>('queue', (store) => store.getAll(beginningWith(pair))),
    ])
    return line && { line16: line.line16, lastNumber: line.lastNumber, heard: readHeard(pair), queue: queue || [] }
  }

  begin(pair: string, line16: Bytes): Promise<void> {
    return this.change(['lines', 'queue'], (lines, queue) => {
      lines.put({ line16, lastNumber: 0 }, pair)
      queue.delete(beginningWith(pair))
    })
  }

  keep(pair: string, kept: Kept[]): Promise<void> {
    return this.change(['queue', 'lines'], (queue, lines) => {
      for (const one of kept) queue.put(one, [pair, one.n])
      const asking = lines.get(pair)
      asking.onsuccess = () => lines.put({ ...asking.result, lastNumber: kept[kept.length - 1].n }, pair)
    })
  }

  forget(pair: string, upTo: number): Promise<void> {
    return this.change(['queue'], (queue) => queue.delete(IDBKeyRange.bound([pair, 0], [pair, upTo])))
  }

  loadKey(name: string): Promise<StoredKey | undefined> {
    return this.ask<StoredKey>('keys', (store) => store.get(name))
  }

  saveKey(name: string, key: StoredKey): Promise<void> {
    return this.change(['keys'], (keys) => keys.put(key, name))
  }

  private async ask<T>(name: StoreName, question: (store: IDBObjectStore) => IDBRequest): Promise<T | undefined> {
    return answer(question((await this.database).transaction(name).objectStore(name)))
  }

  private async change(names: StoreName[], change: (...stores: IDBObjectStore[]) => unknown): Promise<void> {
    const transaction = (await this.database).transaction(names, 'readwrite')
    const done = settled(transaction)
    change(...names.map((name) => transaction.objectStore(name)))
    return done
  }
}

function readHeard(pair: string): { line16: Bytes; n: number } | undefined {
  const [line, n] = (localStorage.getItem(HEARD + pair) || '').split(' ')
  const line16 = fromHex(line)
  return line16 && line16.length === 16 ? { line16, n: Number(n) } : undefined
}
