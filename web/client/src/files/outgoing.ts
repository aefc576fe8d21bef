import { equal, type Bytes } from '../codec/bytes.ts'
import { digest, digestOf } from './digest.ts'
import { CHUNK_BYTES, PART_BYTES, RELAYED_CHUNK_BYTES, partsOf, type FileAbout, type FileFrame } from './file-frames.ts'
import { PartReader } from './part-reader.ts'

/** Parts on the way that the other side has not kept yet: a slow disk there slows this side down. */
const WINDOW_PARTS = 16
/** The hub drops what a slow reader can't take, so less is risked there. */
const WINDOW_PARTS_OVER_HUB = 2
const OVER_HUB_SILENCE_MS = 5_000

export interface OutgoingSetup {
  file: Blob
  about: FileAbout
  say(frame: FileFrame): Promise<boolean>
  /** One after the other: the next one only when this resolved. */
  sayChunk(at: number, bytes: Bytes): Promise<boolean>
  overHub(): boolean
  progress(bytes: number): void
  /** True when the other side has all of it and has checked it. */
  done(whole: boolean): void
}

/** One file to one peer. Nothing is sent before the other side says from where. */
export class Outgoing {
  private readonly digests: (Bytes | undefined)[] = []
  private readonly parts: number
  /** The part to send next; undefined while the other side is asked. */
  private next: number | undefined
  /** Counts the other side's wishes: a part that was begun before one is begun again. */
  private wish = 0
  private kept = 0
  private isSending = false
  private isOver = false
  private silence: ReturnType<typeof setTimeout> | undefined
  private readonly reader: PartReader

  constructor(private readonly setup: OutgoingSetup) {
    this.parts = partsOf(setup.about.size)
    this.reader = new PartReader(setup.file)
  }

  /** At the start and on every new path. `again`: what the other side has is of another file. */
  offer(again = false): void {
    if (this.isOver) return
    this.next = undefined
    void this.setup.say({ step: 'offer', about: this.setup.about, again })
    this.listen()
  }

  async hear(frame: FileFrame): Promise<void> {
    if (this.isOver) return
    this.listen()
    if (frame.step === 'decline') return this.end(false)
    if (frame.step === 'have') {
      this.keep(frame.n)
      return frame.n === this.parts ? this.end(true) : this.send()
    }
    if (frame.step !== 'from' || frame.n > this.parts) return
    const mine = await this.digestTo(frame.n)
    if (!mine) return this.end(false)
    if (!equal(mine, frame.digest32)) return this.offer(true)
    this.next = frame.n
    this.wish++
    this.kept = Math.min(this.kept, frame.n)
    this.keep(frame.n)
    // It has all of this very file: it may be handed over.
    if (frame.n === this.parts && frame.n > 0) return void this.setup.say({ step: 'part', n: frame.n, digest32: this.digests[frame.n - 1]! })
    return this.send()
  }

  stop(): void {
    if (this.isOver) return
    void this.setup.say({ step: 'stop' })
    this.end(false)
  }

  private keep(n: number): void {
    if (n <= this.kept) return
    this.kept = n
    this.setup.progress(Math.min(this.setup.about.size, n * PART_BYTES))
  }

  private async send(): Promise<void> {
    if (this.isSending) return
    this.isSending = true
    try {
      while (this.mayGoOn()) if (!(await this.sendPart(this.next!))) break
    } catch {
      this.end(false) // the file can't be read any more: it was moved or changed
    } finally {
      this.isSending = false
    }
  }

  private mayGoOn(): boolean {
    const window = this.setup.overHub() ? WINDOW_PARTS_OVER_HUB : WINDOW_PARTS
    return !this.isOver && this.next !== undefined && this.next < this.parts && this.next < this.kept + window
  }

  /** False where the path was lost. */
  private async sendPart(n: number): Promise<boolean> {
    const { wish } = this
    const isOff = (): boolean => this.isOver || this.next !== n || this.wish !== wish
    const bytes = await this.reader.read(n)
    const digesting = digest(bytes)
    for (let from = 0; from < bytes.length && !isOff(); ) {
      const to = from + (this.setup.overHub() ? RELAYED_CHUNK_BYTES : CHUNK_BYTES)
      const isSaid = await this.setup.sayChunk(n * PART_BYTES + from, bytes.subarray(from, to))
      if (!isSaid && !isOff()) return false
      from = to
    }
    this.digests[n] = await digesting
    if (isOff()) return true
    this.next = n + 1
    return this.setup.say({ step: 'part', n: n + 1, digest32: this.digests[n]! })
  }

  /** Undefined where the file can't be read. */
  private async digestTo(n: number): Promise<Bytes | undefined> {
    const reader = new PartReader(this.setup.file) // the other one may be in the middle of a part
    try {
      for (let i = 0; i < n; i++) this.digests[i] = this.digests[i] || (await digest(await reader.read(i)))
      return await digestOf(this.digests.slice(0, n) as Bytes[])
    } catch {
      return undefined
    } finally {
      reader.stop()
    }
  }

  /** A channel loses nothing while it is open; the hub may, and then somebody has to begin again. */
  private listen(): void {
    clearTimeout(this.silence)
    this.silence = setTimeout(() => (this.setup.overHub() ? this.offer() : this.listen()), OVER_HUB_SILENCE_MS)
  }

  private end(whole: boolean): void {
    if (this.isOver) return
    this.isOver = true
    clearTimeout(this.silence)
    this.reader.stop()
    this.setup.done(whole)
  }
}
