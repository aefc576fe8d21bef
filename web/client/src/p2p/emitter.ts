export interface ListenOptions {
  signal?: AbortSignal
}

/** Calls when the signal aborts; at once where it has. */
export function onAbort(signal: AbortSignal | undefined, call: () => void): void {
  if (signal) signal.aborted ? call() : signal.addEventListener('abort', call)
}

export const abortError = (what: string): DOMException => new DOMException(`${what} was aborted.`, 'AbortError')

/** Typed events; seed 001's `on(type, handler)`, and a way back that the seed lacks. */
export class Emitter<Events> {
  private readonly handlers = new Map<keyof Events, Set<(value: never) => void>>()

  /** Calls back until the returned function is called or the signal aborts. */
  on<K extends keyof Events>(type: K, handler: (value: Events[K]) => void, options: ListenOptions = {}): () => void {
    const all = this.handlers.get(type) || new Set()
    this.handlers.set(type, all.add(handler))
    const off = (): void => void all.delete(handler)
    onAbort(options.signal, off)
    return off
  }

  /** The next event of a type. */
  once<K extends keyof Events>(type: K, options: ListenOptions = {}): Promise<Events[K]> {
    return new Promise((resolve, reject) => {
      const off = this.on(type, (value) => (off(), resolve(value)), options)
      onAbort(options.signal, () => reject(abortError('The wait')))
    })
  }

  emit<K extends keyof Events>(type: K, value: Events[K]): void {
    for (const handler of [...(this.handlers.get(type) || [])]) {
      try {
        ;(handler as (value: Events[K]) => void)(value)
      } catch (error) {
        // The application's own fault must not stop the protocol: it is told as any uncaught error is.
        setTimeout(() => {
          throw error
        })
      }
    }
  }

  /** No event after this. */
  mute(): void {
    this.emit = () => undefined
  }
}
