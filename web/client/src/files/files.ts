import type { Bytes } from '../codec/bytes.ts'
import type { TalkFrame } from '../p2p/talk-frames.ts'
import { keyOf } from './digest.ts'
import { CHUNK_BYTES, CHUNK_HEAD_BYTES, readFileFrame, writeChunk, writeFileFrame, type FileAbout, type FileFrame } from './file-frames.ts'
import { Incoming } from './incoming.ts'
import { Outgoing } from './outgoing.ts'
import type { PartStore } from './part-store.ts'

export interface FileProgress {
  peerId: string
  filename: string
  /** 0 to 1. */
  progress: number
  /** What the other side (`out`) or this one (`in`) has checked and kept. */
  bytes: number
  size: number
  direction: 'in' | 'out'
}

export interface FileOffer {
  peerId: string
  filename: string
  size: number
  mime: string
  /** What came before a reload or a lost link, and need not come again. */
  bytes: number
  decline(): void
}

export interface FileArrival {
  peerId: string
  file: File
  /** SHA-256 over the SHA-256 of its parts, in hex: what both sides agreed on. */
  digest: string
}

export interface SendFileOptions {
  /** For a `Blob`, which has no name of its own. */
  name?: string
  signal?: AbortSignal
  /** How long to wait for a peer who is away. Default: two minutes. */
  waitMs?: number
}

/** What files need of the application. */
export interface FileWorld {
  self(): string
  write(peerId: string, message: Bytes): Promise<boolean>
  isOpen(peerId: string): boolean
  overHub(peerId: string): boolean
  offer(offer: FileOffer): void
  progress(progress: FileProgress): void
  file(file: FileArrival): void
  storageFailed(error: unknown): void
  store: PartStore | undefined
}

const WAIT_MS = 120_000
/** Files that one peer may send at once; more are declined. */
const MAX_INCOMING = 64

/** Files between peers: as fast as the other side keeps them, checked part by part, going on where a lost link or a reload stopped them. */
export class Files {
  /** From anywhere, so that a page that was reloaded does not use an old page's numbers. */
  private lastId = crypto.getRandomValues(new Uint32Array(1))[0]
  private readonly outgoing = new Map<string, { peerId: string; sending: Outgoing; away: () => void }>()
  private readonly promises = new Map<string, Promise<boolean>>()
  private readonly incoming = new Map<string, { peerId: string; key: string; receiving: Incoming }>()

  constructor(private readonly world: FileWorld) {}

  /** True when the other side has checked all of it; false when it declined, stayed away, or the file could not be read. */
  async send(peerId: string, file: Blob, options: SendFileOptions): Promise<boolean> {
    if (!(file instanceof Blob)) throw new TypeError('A file to send is a File or a Blob.')
    const name = options.name || (file as File).name || 'file'
    const about: FileAbout = { key: await keyOf(file, name), name, size: file.size, mime: file.type }
    // Who sends the same file twice at once sends it once.
    const of = `${peerId}-${about.key}`
    const under = this.promises.get(of) || this.begin(peerId, file, about, options)
    this.promises.set(of, under)
    return under.finally(() => this.promises.delete(of))
  }

  private begin(peerId: string, file: Blob, about: FileAbout, { signal, waitMs = WAIT_MS }: SendFileOptions): Promise<boolean> {
    const { name } = about
    const id = ++this.lastId
    const at = `${peerId}-${id}`
    return new Promise((resolve, reject) => {
      if (signal && signal.aborted) return reject(aborted())
      let timer: ReturnType<typeof setTimeout> | undefined
      const frame = new Uint8Array(CHUNK_HEAD_BYTES + CHUNK_BYTES)
      const sending = new Outgoing({
        file,
        about,
        say: (said) => this.world.write(peerId, writeFileFrame(id, said)),
        // A channel has copied it when this resolves; the hub's relay seals it later.
        sayChunk: (at, bytes) => this.world.write(peerId, writeChunk(id, at, bytes, this.world.overHub(peerId) ? new Uint8Array(frame) : frame)),
        overHub: () => this.world.overHub(peerId),
        progress: (bytes) => this.world.progress({ peerId, filename: name, bytes, size: file.size, progress: bytes / file.size, direction: 'out' }),
        done: (whole) => {
          clearTimeout(timer)
          this.outgoing.delete(at)
          if (whole && file.size === 0) this.world.progress({ peerId, filename: name, bytes: 0, size: 0, progress: 1, direction: 'out' })
          resolve(whole)
        },
      })
      const away = (): void => {
        clearTimeout(timer)
        if (!this.world.isOpen(peerId)) timer = setTimeout(() => sending.stop(), waitMs)
      }
      this.outgoing.set(at, { peerId, sending, away })
      if (signal) signal.addEventListener('abort', () => (reject(aborted()), sending.stop()))
      away()
      if (this.world.isOpen(peerId)) sending.offer()
    })
  }

  /** A path to a peer opened or closed: every file to it goes on where it stopped, or waits. */
  changed(peerId: string): void {
    this.outgoing.forEach((one) => {
      if (one.peerId !== peerId) return
      one.away()
      if (this.world.isOpen(peerId)) one.sending.offer()
    })
  }

  hear(peerId: string, message: TalkFrame & { type: 'file' }): void {
    const frame = readFileFrame(message)
    if (!frame) return
    const at = `${peerId}-${message.id}`
    if (frame.step === 'from' || frame.step === 'have' || frame.step === 'decline') return void this.outgoing.get(at)?.sending.hear(frame)
    if (frame.step === 'offer') this.offered(peerId, message.id, frame)
    const known = this.incoming.get(at)
    if (frame.step !== 'stop') return known?.receiving.hear(frame)
    void known?.receiving.stop(false)
    this.incoming.delete(at)
  }

  private offered(peerId: string, id: number, { about }: FileFrame & { step: 'offer' }): void {
    const at = `${peerId}-${id}`
    const decline = (): void => {
      void this.incoming.get(at)?.receiving.stop(true)
      this.incoming.delete(at)
      void this.world.write(peerId, writeFileFrame(id, { step: 'decline' }))
    }
    if (this.incoming.get(at)?.key === about.key) return
    const theirs = [...this.incoming].filter(([, one]) => one.peerId === peerId)
    let after = Promise.resolve()
    for (const [other, one] of theirs) {
      // The same file under another id: its sender's page was reloaded.
      if (one.key !== about.key && other !== at) continue
      after = Promise.all([after, one.receiving.stop(false)]).then(() => undefined)
      this.incoming.delete(other)
    }
    if (theirs.filter(([, one]) => !one.receiving.isWhole).length > MAX_INCOMING) return decline()
    const whole = theirs.filter(([, one]) => one.receiving.isWhole)
    if (whole.length > MAX_INCOMING) this.incoming.delete(whole[0][0])
    const receiving = new Incoming({
      about,
      name: `${this.world.self()}-${peerId}-${about.key}`,
      store: this.world.store,
      after,
      say: (frame) => void this.world.write(peerId, writeFileFrame(id, frame)),
      offered: (bytes) => this.world.offer({ peerId, filename: about.name, size: about.size, mime: about.mime, bytes, decline }),
      progress: (bytes) => this.world.progress({ peerId, filename: about.name, bytes, size: about.size, progress: bytes / about.size, direction: 'in' }),
      done: (file, digest) => this.world.file({ peerId, file, digest }),
      storageFailed: (error) => this.world.storageFailed(error),
    })
    this.incoming.set(at, { peerId, key: about.key, receiving })
  }
}

const aborted = (): DOMException => new DOMException('Sending the file was aborted.', 'AbortError')
