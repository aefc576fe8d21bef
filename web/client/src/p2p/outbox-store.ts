import { hex, type Bytes } from '../codec/bytes.ts'
import type { StoredKey } from '../crypto/provider.ts'
import { lazy } from './lazy.ts'
import type { Kept } from './outbox.ts'

export interface StoredOutbox {
  line16: Bytes
  lastNumber: number
  queue: Kept[]
  heard: { line16: Bytes; n: number } | undefined
}

/** Where unacknowledged messages survive a reload. Keys are the two peer ids. */
export interface OutboxStore {
  load(pair: string): Promise<StoredOutbox | undefined>
  begin(pair: string, line16: Bytes): Promise<void>
  keep(pair: string, kept: Kept[]): Promise<void>
  forget(pair: string, upTo: number): Promise<void>
  /** Synchronous, so that giving a message to the application and remembering it happen in one turn: no reload comes between. */
  hear(pair: string, line16: Bytes, n: number): void
  loadKey(name: string): Promise<StoredKey | undefined>
  saveKey(name: string, key: StoredKey): Promise<void>
}

/** `n` of a line was given to the application. */
export const HEARD = 'roost-heard '

/**
 * IndexedDB, and localStorage for the numbers that were heard; both work on plain http too. Most of it is fetched when something
 * is stored: a page that has just begun has nothing to look up.
 */
export class LazyOutboxStore implements OutboxStore {
  private readonly store = lazy(() => import('./indexed-store.ts').then(({ IndexedStore }) => new IndexedStore()))

  async load(pair: string): Promise<StoredOutbox | undefined> {
    return (await this.store()).load(pair)
  }

  async begin(pair: string, line16: Bytes): Promise<void> {
    return (await this.store()).begin(pair, line16)
  }

  async keep(pair: string, kept: Kept[]): Promise<void> {
    return (await this.store()).keep(pair, kept)
  }

  async forget(pair: string, upTo: number): Promise<void> {
    return (await this.store()).forget(pair, upTo)
  }

  hear(pair: string, line16: Bytes, n: number): void {
    localStorage.setItem(HEARD + pair, `${hex(line16)} ${n}`)
  }

  async loadKey(name: string): Promise<StoredKey | undefined> {
    return (await this.store()).loadKey(name)
  }

  async saveKey(name: string, key: StoredKey): Promise<void> {
    return (await this.store()).saveKey(name, key)
  }
}
