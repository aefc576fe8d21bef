/** The page's one IndexedDB database. */
const NAME = 'roost'
const VERSION = 1

export function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, VERSION)
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore('heads')
      opening.result.createObjectStore('packs')
    }
    opening.onsuccess = () => {
      opening.result.onversionchange = () => opening.result.close()
      resolve(opening.result)
    }
    opening.onerror = opening.onblocked = () => reject(opening.error)
  })
}

/** One value by its key, or all values of a range. */
export function read(database: IDBDatabase, store: string, key: IDBValidKey | IDBKeyRange): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const from = database.transaction(store).objectStore(store)
    const asking = key instanceof IDBKeyRange ? from.getAll(key) : from.get(key)
    asking.onsuccess = () => resolve(asking.result)
    asking.onerror = () => reject(asking.error)
  })
}

/** `isWhole` false: the change asks for more once it has read something. */
export function write(database: IDBDatabase, change: (packs: IDBObjectStore, heads: IDBObjectStore) => void, isWhole = true): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(['packs', 'heads'], 'readwrite')
    transaction.oncomplete = () => resolve()
    transaction.onerror = transaction.onabort = () => reject(transaction.error)
    change(transaction.objectStore('packs'), transaction.objectStore('heads'))
    if (isWhole) transaction.commit?.() // not in Firefox 72 and Safari 14, where it commits a little later by itself
  })
}
