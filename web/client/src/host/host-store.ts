import type { Bytes } from '../codec/bytes.ts'
import type { StoredKey } from '../crypto/provider.ts'
import { answer, beginningWith, openDatabase, settled } from '../storage/database.ts'

/** One hosted session: all that a reload needs to go on. */
export interface HostedSession {
  /** Names it in this browser only; never leaves it. */
  id: string
  key: StoredKey
  secret16: Bytes
  epoch16: Bytes
  title: string
  canAsk: boolean
  madeAtMs: number
  endedAtMs?: number
}

export interface HostedEntry {
  n: number
  kind: number
  sealed: Bytes
  sig64: Bytes
}

/** Why nothing more may be written under this key: another tab has written first, or the disk refuses. */
export type StoreFault = 'elsewhere' | 'full'

/** Keeps hosted sessions. An entry counts as stored when it survives a crash: only then may it be sent. */
export interface HostStore {
  load(id: string): Promise<{ session: HostedSession; entries: HostedEntry[] } | undefined>
  save(session: HostedSession): Promise<void>
  /** Resolves to nothing when all are stored, to a fault when none is. */
  append(id: string, entries: HostedEntry[]): Promise<StoreFault | undefined>
  list(): Promise<HostedSession[]>
  remove(id: string): Promise<void>
}

export class IndexedHostStore implements HostStore {
  private readonly database = openDatabase('roost-host', ['sessions', 'entries'])

  async load(id: string): Promise<{ session: HostedSession; entries: HostedEntry[] } | undefined> {
    const transaction = (await this.database).transaction(['sessions', 'entries'])
    const session = await answer<HostedSession | undefined>(transaction.objectStore('sessions').get(id))
    if (!session) return undefined
    return { session, entries: await answer<HostedEntry[]>(transaction.objectStore('entries').getAll(beginningWith(id))) }
  }

  async save(session: HostedSession): Promise<void> {
    const transaction = (await this.database).transaction('sessions', 'readwrite')
    transaction.objectStore('sessions').put(session, session.id)
    await settled(transaction)
  }

  async append(id: string, entries: HostedEntry[]): Promise<StoreFault | undefined> {
    // Strict: the browser reports success only once the disk has it, so that a crash can't make a nonce free again.
    const transaction = (await this.database).transaction('entries', 'readwrite', { durability: 'strict' })
    const store = transaction.objectStore('entries')
    // add, not put: of two tabs that host the same session only one gets a number.
    for (const entry of entries) store.add(entry, [id, entry.n])
    try {
      await settled(transaction)
      return undefined
    } catch (error) {
      return (error as DOMException | null)?.name === 'ConstraintError' ? 'elsewhere' : 'full'
    }
  }

  async list(): Promise<HostedSession[]> {
    const all = await answer<HostedSession[]>((await this.database).transaction('sessions').objectStore('sessions').getAll())
    return all.sort((a, b) => b.madeAtMs - a.madeAtMs)
  }

  async remove(id: string): Promise<void> {
    const transaction = (await this.database).transaction(['sessions', 'entries'], 'readwrite')
    transaction.objectStore('sessions').delete(id)
    transaction.objectStore('entries').delete(beginningWith(id))
    await settled(transaction)
  }
}
