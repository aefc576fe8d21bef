/** Fetches a part of the client when it is first wanted, once. A fetch that failed is made again for the next who wants it. */
export function lazy<T>(load: () => Promise<T>): () => Promise<T> {
  let part: Promise<T> | undefined
  return () => {
    part = part || load()
    part.catch(() => (part = undefined))
    return part
  }
}
