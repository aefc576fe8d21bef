import { concat, utf8, type Bytes } from '../codec/bytes.ts'
import { writeFile } from './talk-frames.ts'

export interface FileProgress {
  peerId: string
  filename: string
  /** 0 to 1. */
  progress: number
  bytes: number
  size: number
  direction: 'in' | 'out'
}

export interface FileOffer {
  peerId: string
  filename: string
  size: number
  mime: string
  decline(): void
}

export interface FileListener {
  progress(progress: FileProgress): void
  offer(offer: FileOffer): void
  file(file: { peerId: string; file: File }): void
}

interface Incoming {
  name: string
  size: number
  mime: string
  bytes: number
  chunks: Bytes[]
  parts: Blob[]
}

const STEP = { offer: 0, chunk: 1, done: 2, cancel: 3 } as const
const CHUNK_BYTES = 59_000
/** Chunks become a Blob from time to time, which browsers may keep outside of memory. */
const PART_CHUNKS = 64

/** Files between two peers, as fast as the other side takes them. */
export class Files {
  private lastId = 0
  private readonly incoming = new Map<string, Incoming>()
  private readonly cancelled = new Set<string>()

  constructor(
    private readonly write: (peerId: string, message: Bytes) => Promise<boolean>,
    private readonly listener: FileListener,
  ) {}

  /** True once the browser has taken all of it; false when the path was lost or the other side declined. */
  async send(peerId: string, file: File): Promise<boolean> {
    const id = ++this.lastId
    const key = `${peerId}-${id}`
    const say = (step: number, bytes: Bytes = new Uint8Array(0)): Promise<boolean> => this.write(peerId, writeFile(id, step, bytes))
    // Seed 001 has `type` twice here, so that the MIME type replaced the message's.
    if (!(await say(STEP.offer, utf8(JSON.stringify({ name: file.name, size: file.size, mime: file.type }))))) return false
    const tell = (bytes: number): void =>
      this.listener.progress({ peerId, filename: file.name, bytes, size: file.size, progress: file.size ? bytes / file.size : 1, direction: 'out' })
    for (let at = 0; at < file.size; at += CHUNK_BYTES * PART_CHUNKS) {
      const part = new Uint8Array(await file.slice(at, at + CHUNK_BYTES * PART_CHUNKS).arrayBuffer())
      for (let from = 0; from < part.length; from += CHUNK_BYTES) {
        if (this.cancelled.has(key) || !(await say(STEP.chunk, part.subarray(from, from + CHUNK_BYTES)))) return false
      }
      tell(Math.min(file.size, at + part.length))
    }
    if (file.size === 0) tell(0)
    return say(STEP.done)
  }

  hear(peerId: string, id: number, step: number, bytes: Bytes): void {
    const key = `${peerId}-${id}`
    if (step === STEP.cancel) return void this.cancelled.add(key)
    if (step === STEP.offer) return this.begin(peerId, id, key, bytes)
    const file = this.incoming.get(key)
    if (!file) return
    if (step === STEP.chunk) {
      file.bytes += bytes.length
      if (file.bytes > file.size) return void this.incoming.delete(key) // more than was offered
      file.chunks.push(bytes)
      if (file.chunks.length < PART_CHUNKS && file.bytes < file.size) return
      file.parts.push(new Blob([concat(...file.chunks)]))
      file.chunks = []
      this.listener.progress({ peerId, filename: file.name, bytes: file.bytes, size: file.size, progress: file.bytes / file.size, direction: 'in' })
    } else if (step === STEP.done) {
      this.incoming.delete(key)
      if (file.bytes === file.size) this.listener.file({ peerId, file: new File(file.parts, file.name, { type: file.mime }) })
    }
  }

  private begin(peerId: string, id: number, key: string, bytes: Bytes): void {
    let said: any
    try {
      said = JSON.parse(new TextDecoder().decode(bytes))
    } catch {
      return
    }
    if (!said || typeof said.name !== 'string' || !(said.size >= 0)) return
    // A name is a name, never a path.
    const name = said.name.replace(/^.*[\\/]/, '').slice(0, 255) || 'file'
    const file = { name, size: said.size, mime: String(said.mime || ''), bytes: 0, chunks: [], parts: [] }
    this.incoming.set(key, file)
    const decline = (): void => {
      this.incoming.delete(key)
      void this.write(peerId, writeFile(id, STEP.cancel, new Uint8Array(0)))
    }
    this.listener.offer({ peerId, filename: name, size: file.size, mime: file.mime, decline })
  }
}
