/** Opens one of the page's databases, each with stores of its own and no indexes. */
export function openDatabase(name: string, stores: readonly string[]): Promise<IDBDatabase> {
  const opening = indexedDB.open(name, 1)
  opening.onupgradeneeded = () => stores.forEach((store) => opening.result.createObjectStore(store))
  return new Promise((resolve, reject) => {
    opening.onsuccess = () => {
      opening.result.onversionchange = () => opening.result.close()
      resolve(opening.result)
    }
    opening.onerror = opening.onblocked = () => reject(opening.error)
  })
}

/** What a request brings. */
export function answer<T>(asking: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    asking.onsuccess = () => resolve(asking.result as T)
    asking.onerror = () => reject(asking.error)
  })
}

/** Resolves once all of it is on the disk; rejects when none of it is. */
export function settled(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onerror = transaction.onabort = () => reject(transaction.error)
  })
}

/** All keys that begin with these parts. */
export const beginningWith = (...parts: IDBValidKey[]): IDBKeyRange => IDBKeyRange.bound(parts, [...parts, []])
