import type { Bytes } from '../codec/bytes.ts'
import { answer, beginningWith, openDatabase, settled } from '../storage/database.ts'
import type { FileAbout } from './file-frames.ts'

/** What is known of a file that has come in part. */
export interface StoredFile {
  about: FileAbout
  digests: Bytes[]
  atMs: number
}

/** Where parts of files survive a reload. A file is named by who sends it to whom, and its key. */
export interface PartStore {
  load(name: string): Promise<StoredFile | undefined>
  /** Part n (from 0), and what is known with it, at once. */
  keep(name: string, file: StoredFile, n: number, part: Bytes): Promise<void>
  parts(name: string): Promise<Blob[]>
  forget(name: string): Promise<void>
}

const NAME = 'roost-files'
/** Who did not come back for the rest within a week does not come any more. */
const KEEP_MS = 7 * 86_400_000

export class IndexedPartStore implements PartStore {
  private opening: Promise<IDBDatabase> | undefined

  async load(name: string): Promise<StoredFile | undefined> {
    const files = (await this.open()).transaction('files').objectStore('files')
    return answer<StoredFile | undefined>(files.get(name))
  }

  keep(name: string, file: StoredFile, n: number, part: Bytes): Promise<void> {
    return this.change((files, parts) => {
      files.put(file, name)
      parts.put(new Blob([part]), [name, n])
    })
  }

  async parts(name: string): Promise<Blob[]> {
    const parts = (await this.open()).transaction('parts').objectStore('parts')
    return answer<Blob[]>(parts.getAll(beginningWith(name)))
  }

  forget(name: string): Promise<void> {
    return this.change((files, parts) => {
      files.delete(name)
      parts.delete(beginningWith(name))
    })
  }

  private async change(change: (files: IDBObjectStore, parts: IDBObjectStore) => void): Promise<void> {
    const transaction = (await this.open()).transaction(['files', 'parts'], 'readwrite')
    const whole = settled(transaction)
    change(transaction.objectStore('files'), transaction.objectStore('parts'))
    return whole
  }

  private open(): Promise<IDBDatabase> {
    this.opening = this.opening || openDatabase(NAME, ['files', 'parts']).then((database) => (void forgetOld(database), database))
    return this.opening
  }
}

function forgetOld(database: IDBDatabase): void {
  const transaction = database.transaction(['files', 'parts'], 'readwrite')
  const asking = transaction.objectStore('files').openCursor()
  asking.onsuccess = () => {
    const cursor = asking.result
    if (!cursor) return
    if ((cursor.value as StoredFile).atMs < Date.now() - KEEP_MS) {
      transaction.objectStore('parts').delete(beginningWith(cursor.key))
      cursor.delete()
    }
    cursor.continue()
  }
}
