export interface ListenOptions {
  signal?: AbortSignal
}

/** Typed events; seed 001's `on(type, handler)`, and a way back that the seed lacks. */
export class Emitter<Events> {
  private readonly handlers = new Map<keyof Events, Set<(value: never) => void>>()
  private muted = false

  /** Calls back until the returned function is called or the signal aborts. */
  on<K extends keyof Events>(type: K, handler: (value: Events[K]) => void, options: ListenOptions = {}): () => void {
    const all = this.handlers.get(type) || new Set()
    this.handlers.set(type, all.add(handler))
    const off = (): void => void all.delete(handler)
    if (options.signal) options.signal.addEventListener('abort', off)
    return off
  }

  /** The next event of a type. */
  once<K extends keyof Events>(type: K, options: ListenOptions = {}): Promise<Events[K]> {
    return new Promise((resolve, reject) => {
      const off = this.on(type, (value) => (off(), resolve(value)), options)
      if (options.signal) options.signal.addEventListener('abort', () => reject(new DOMException('The wait was aborted.', 'AbortError')))
    })
  }

  emit<K extends keyof Events>(type: K, value: Events[K]): void {
    const all = this.muted ? undefined : this.handlers.get(type)
    if (all) for (const handler of [...all]) (handler as (value: Events[K]) => void)(value)
  }

  /** No event after this. */
  mute(): void {
    this.muted = true
  }
}
