import { equal, hex, type Bytes } from '../codec/bytes.ts'
import { digest, digestOf } from './digest.ts'
import { PART_BYTES, partsOf, type FileAbout, type FileFrame } from './file-frames.ts'
import { MemoryParts } from './memory-parts.ts'
import type { PartStore } from './part-store.ts'

export interface IncomingSetup {
  about: FileAbout
  /** Who sends it to whom, and its key: under this name its parts are stored. */
  name: string
  /** What wrote under that name before has ended. */
  after: Promise<unknown>
  store: PartStore | undefined
  say(frame: FileFrame): void
  offered(keptBytes: number): void
  progress(bytes: number): void
  done(file: File, digest: string): void
  storageFailed(error: unknown): void
}

/** One file from one peer: every part is checked before it is kept, and acknowledged after. */
export class Incoming {
  private readonly digests: Bytes[] = []
  /** The parts, where they are not in the store. */
  private readonly memory = new MemoryParts()
  private readonly parts: number
  private store: PartStore | undefined
  /** Parts that came whole; those above `digests.length` are being checked. */
  private come = 0
  /** The part that is coming. */
  private part: Bytes | undefined
  private filled = 0
  private isAsking = true
  private isOver = false
  isWhole = false
  private line: Promise<void>

  constructor(private readonly setup: IncomingSetup) {
    this.parts = partsOf(setup.about.size)
    this.store = setup.store
    this.line = setup.after.then(() => this.load())
  }

  hear(frame: FileFrame): void {
    if (this.isOver) return
    if (frame.step === 'chunk') this.take(frame.at, frame.bytes)
    else if (frame.step === 'part') this.close(frame.n, frame.digest32)
    else if (frame.step === 'offer') this.then(() => this.offeredAgain(frame.again))
  }

  /** Declined, or the sender gave up: nothing more is heard, and nothing is kept where the user said no. */
  stop(forget: boolean): Promise<void> {
    this.isOver = true
    if (forget) this.line = this.line.then(() => this.store?.forget(this.setup.name)).catch(this.setup.storageFailed)
    return this.line
  }

  private take(at: number, bytes: Bytes): void {
    const expected = this.come * PART_BYTES + this.filled
    if (at !== expected || this.filled + bytes.length > this.sizeOf(this.come)) return at > expected ? this.ask() : undefined
    this.isAsking = false
    const part = (this.part = this.part || new Uint8Array(this.sizeOf(this.come)))
    part.set(bytes, this.filled)
    this.filled += bytes.length
  }

  private close(n: number, digest32: Bytes): void {
    // All was kept before a reload, and its sender says that it is the same file.
    if (n === this.parts && this.come === n && this.filled === 0) return this.then(() => this.isWhole || this.finish())
    if (n !== this.come + 1) return
    if (!this.part || this.filled !== this.sizeOf(this.come)) return this.ask()
    const { part } = this
    this.part = undefined
    this.filled = 0
    this.come++
    this.then(() => this.check(n, part, digest32))
  }

  private async check(n: number, part: Bytes, digest32: Bytes): Promise<void> {
    if (n !== this.digests.length + 1) return // behind one that was wrong
    if (!equal(await digest(part), digest32)) return this.ask()
    this.digests.push(digest32)
    if (!(await this.keep(n - 1, part))) return this.restart()
    if (n < this.parts) this.setup.say({ step: 'have', n })
    this.setup.progress(Math.min(this.setup.about.size, n * PART_BYTES))
    if (n === this.parts) await this.finish()
  }

  /** False where what was kept before is lost. */
  private async keep(n: number, part: Bytes): Promise<boolean> {
    const { store, setup, digests } = this
    if (store) {
      try {
        await store.keep(setup.name, { about: setup.about, digests, atMs: Date.now() }, n, part)
        return true
      } catch (error) {
        // What is stored already is read back once; from here on a reload costs the file, not the transfer.
        setup.storageFailed(error)
        this.memory.set(await store.parts(setup.name).catch(() => []))
        this.store = undefined
        if (this.memory.count !== n) return false
      }
    }
    await this.memory.add(part)
    return true
  }

  private async finish(): Promise<void> {
    const { setup, store } = this
    if (store) this.memory.set(await store.parts(setup.name).catch(() => []))
    if (this.memory.count !== this.parts) return this.restart()
    this.isWhole = true
    setup.done(new File(await this.memory.all(), setup.about.name, { type: setup.about.mime }), hex(await digestOf(this.digests)))
    this.memory.set([])
    setup.say({ step: 'have', n: this.parts })
    await store?.forget(setup.name).catch(setup.storageFailed)
  }

  private async load(): Promise<void> {
    const { setup } = this
    const stored = await this.store?.load(setup.name).catch((error) => void setup.storageFailed(error))
    if (stored && stored.about.size === setup.about.size) this.digests.push(...stored.digests)
    this.come = this.digests.length
    setup.offered(Math.min(setup.about.size, this.come * PART_BYTES))
  }

  private async offeredAgain(again: boolean): Promise<void> {
    if (this.isWhole) return this.setup.say({ step: 'have', n: this.parts })
    if (again) return this.restart()
    if (this.parts === 0) return this.finish()
    this.isAsking = false
    this.ask()
  }

  /** Nothing of what is here can be used. */
  private async restart(): Promise<void> {
    this.digests.length = 0
    this.memory.set([])
    await this.store?.forget(this.setup.name).catch(() => undefined)
    this.isAsking = false
    this.ask()
  }

  /** Says from where to go on, once for everything that does not fit until something does. */
  private ask(): void {
    if (this.isAsking) return
    this.isAsking = true
    this.then(async () => {
      this.come = this.digests.length
      this.filled = 0
      this.isAsking = true // what was under way does not fit, and asks no more
      this.setup.say({ step: 'from', n: this.come, digest32: await digestOf(this.digests) })
    })
  }

  private sizeOf(n: number): number {
    return Math.max(0, Math.min(PART_BYTES, this.setup.about.size - n * PART_BYTES))
  }

  private then(step: () => unknown): void {
    this.line = this.line.then(() => (this.isOver ? undefined : step())).then(
      () => undefined,
      (error) => this.setup.storageFailed(error),
    )
  }
}
