import { beforeEach, describe, expect, test } from 'vitest'
import { concat, type Bytes } from '../src/codec/bytes.ts'
import { CHUNK_BYTES, PART_BYTES } from '../src/files/file-frames.ts'
import { Files, type FileArrival, type FileOffer, type FileProgress } from '../src/files/files.ts'
import type { PartStore, StoredFile } from '../src/files/part-store.ts'
import { readTalkFrame, type TalkFrame } from '../src/p2p/talk-frames.ts'

/** Keeps parts in memory; it outlives the page that fills it, as a disk does. */
class Disk implements PartStore {
  isFull = false
  private readonly files = new Map<string, { file: StoredFile; parts: Map<number, Blob> }>()

  get size(): number {
    return this.files.size
  }

  async load(name: string): Promise<StoredFile | undefined> {
    const found = this.files.get(name)
    return found && { ...found.file, digests: [...found.file.digests] }
  }

  async keep(name: string, file: StoredFile, n: number, part: Bytes): Promise<void> {
    if (this.isFull) throw new DOMException('full', 'QuotaExceededError')
    const parts = this.files.get(name)?.parts || new Map<number, Blob>()
    parts.set(n, new Blob([part]))
    this.files.set(name, { file: { ...file, digests: [...file.digests] }, parts })
  }

  async parts(name: string): Promise<Blob[]> {
    return [...(this.files.get(name)?.parts || [])].sort(([a], [b]) => a - b).map(([, part]) => part)
  }

  async forget(name: string): Promise<void> {
    this.files.delete(name)
  }
}

/** What one page sees of the disk. A page that is gone reads and writes no more, and waits for nothing. */
function seenBy(isHere: () => boolean, disk: Disk): PartStore {
  const whileHere = <T>(step: () => Promise<T>): Promise<T> => (isHere() ? step() : new Promise(() => undefined))
  return {
    load: (name) => whileHere(() => disk.load(name)),
    keep: (name, file, n, part) => whileHere(() => disk.keep(name, file, n, part)),
    parts: (name) => whileHere(() => disk.parts(name)),
    forget: (name) => whileHere(() => disk.forget(name)),
  }
}

/** One page: its files, and what the application heard. */
class Side {
  readonly offers: FileOffer[] = []
  readonly arrived: FileArrival[] = []
  readonly progress: FileProgress[] = []
  readonly faults: unknown[] = []
  other!: Side
  isOpen = true
  overHub = false
  sent = 0
  onOffer: (offer: FileOffer) => void = () => undefined
  /** What becomes of a message on its way: several, one or none. */
  road: (message: Bytes) => Bytes[] = (message) => [message]
  files: Files
  private line: Promise<unknown> = Promise.resolve()

  constructor(
    readonly name: string,
    readonly disk?: Disk,
  ) {
    this.files = this.load()
  }

  /** The page is loaded again: all but the disk is new. */
  load(): Files {
    const page = {}
    this.page = page
    const isMine = (): boolean => this.page === page
    return (this.files = new Files({
      self: () => this.name,
      isOpen: () => this.isOpen,
      overHub: () => this.overHub,
      offer: (offer) => isMine() && (this.offers.push(offer), this.onOffer(offer)),
      progress: (progress) => isMine() && this.progress.push(progress),
      file: (file) => isMine() && this.arrived.push(file),
      storageFailed: (error) => this.faults.push(error),
      store: this.disk && seenBy(isMine, this.disk),
      write: async (_, message) => {
        if (!this.isOpen || !isMine()) return false
        this.sent += message.length
        const { other } = this
        for (const one of this.road(message)) this.line = this.line.then(() => other.isOpen && other.files.hear(this.name, readTalkFrame(one) as TalkFrame & { type: 'file' }))
        await this.line
        return this.isOpen
      },
    }))
  }

  private page: object | undefined

  /** All paths between the two close, or open. */
  connect(isOpen: boolean): void {
    for (const side of [this, this.other]) side.isOpen = isOpen
    for (const side of [this, this.other]) side.files.changed(side.other.name)
  }
}

let a: Side
let b: Side
const content = (bytes: number): Bytes => new Uint8Array(bytes).map((_, i) => (i * 31 + (i >> 12)) & 255)
const fileOf = (bytes: Bytes, name = 'a.bin'): File => new File([bytes], name, { type: 'text/x', lastModified: 1 })
const send = (file: File, options = {}): Promise<boolean> => a.files.send('b', file, options)
const isChunk = (message: Bytes): boolean => {
  const frame = readTalkFrame(message)
  return frame?.type === 'file' && frame.step === 1
}

beforeEach(() => {
  a = new Side('a')
  b = new Side('b', new Disk())
  a.other = b
  b.other = a
})

/** vitest compares megabytes in minutes. */
const isEqual = async (file: File, bytes: Bytes): Promise<boolean> => Buffer.from(await file.arrayBuffer()).equals(bytes)

async function expectWhole(bytes: Bytes, at = 0): Promise<void> {
  await expect.poll(() => b.arrived.length, { timeout: 10_000 }).toBe(at + 1)
  const { file } = b.arrived[at]
  expect(await isEqual(file, bytes)).toBe(true)
  expect(b.disk!.size).toBe(0)
}

describe('a file', () => {
  test.each([0, 1, CHUNK_BYTES, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES - 7])('of %i bytes arrives as it was, under its name', async (size) => {
    const bytes = content(size)
    expect(await send(fileOf(bytes, '../dir/name.txt'))).toBe(true)
    await expectWhole(bytes)
    const { file } = b.arrived[0]
    expect([file.name, file.type]).toEqual(['name.txt', 'text/x'])
    expect(a.progress.at(-1)).toMatchObject({ direction: 'out', filename: '../dir/name.txt', bytes: size, progress: 1 })
  })

  test('may be declined, and nothing of it is kept', async () => {
    b.onOffer = (offer) => offer.decline()
    expect(await send(fileOf(content(PART_BYTES * 2)))).toBe(false)
    expect(b.arrived).toEqual([])
    expect(b.disk!.size).toBe(0)
  })

  test('is stopped by its sender’s signal', async () => {
    const abort = new AbortController()
    a.road = (message) => (isChunk(message) ? (abort.abort(), [message]) : [message])
    await expect(send(fileOf(content(PART_BYTES * 4)), { signal: abort.signal })).rejects.toThrow('aborted')
    expect(a.sent).toBeLessThan(PART_BYTES)
  })

  test('sent twice at once is sent once, and again when it is sent again', async () => {
    const file = fileOf(content(PART_BYTES + 5))
    expect(await Promise.all([send(file), send(file)])).toEqual([true, true])
    expect(b.arrived).toHaveLength(1)
    expect(await send(file)).toBe(true)
    expect(b.arrived).toHaveLength(2)
  })

  test('waits for a peer who is away, but not for ever', async () => {
    a.connect(false)
    expect(await send(fileOf(content(5)), { waitMs: 20 })).toBe(false)
    const sending = send(fileOf(content(5)))
    a.connect(true)
    expect(await sending).toBe(true)
  })

  test('keeps the sender within its window while the other side’s disk is slow', async () => {
    let go = (): void => undefined
    const slow = new Promise<void>((done) => (go = done))
    const keep = b.disk!.keep.bind(b.disk)
    b.disk!.keep = async (...all) => (await slow, keep(...all))
    const bytes = content(40 * PART_BYTES)
    const sending = send(fileOf(bytes))
    await expect.poll(() => a.sent).toBeGreaterThan(15 * PART_BYTES)
    await new Promise((later) => setTimeout(later, 50))
    expect(a.sent).toBeLessThan(17.5 * PART_BYTES)
    go()
    expect(await sending).toBe(true)
  })
})

describe('faults', () => {
  test('a chunk that is changed on the way is asked for again', async () => {
    let count = 0
    a.road = (message) => {
      if (!isChunk(message) || ++count !== 20) return [message]
      const changed = message.slice()
      changed[100] ^= 1
      return [changed]
    }
    const bytes = content(3 * PART_BYTES)
    expect(await send(fileOf(bytes))).toBe(true)
    await expectWhole(bytes)
  })

  test.each([1, 2, 3])('chunks and answers that the hub loses come again (dice %i)', async (seed) => {
    let dice = seed
    const lossy = (message: Bytes): Bytes[] => {
      dice = (dice * 1103515245 + 12345) % 2147483648
      return isChunk(message) && dice % 1000 < 20 ? [] : [message]
    }
    a.overHub = b.overHub = true
    a.road = b.road = lossy
    const bytes = content(3 * PART_BYTES + 9)
    expect(await send(fileOf(bytes))).toBe(true)
    await expectWhole(bytes)
  })

  test('a link lost in the middle costs what was on its way only', async () => {
    const bytes = content(30 * PART_BYTES)
    a.road = (message) => (a.sent < 15 * PART_BYTES ? [message] : []) // so that it is not over before
    const sending = send(fileOf(bytes))
    await expect.poll(() => b.progress.length).toBeGreaterThan(10)
    a.connect(false)
    a.road = (message) => [message]
    a.connect(true)
    expect(await sending).toBe(true)
    await expectWhole(bytes)
    expect(a.sent).toBeLessThan(bytes.length + 18 * PART_BYTES)
    expect(b.offers).toHaveLength(1)
  })

  test.each(['sender', 'receiver', 'both'])('after a reload of the %s it goes on from what is on the disk', async (who) => {
    const bytes = content(30 * PART_BYTES)
    a.road = (message) => (a.sent < 15 * PART_BYTES ? [message] : []) // so that it is not over before
    void send(fileOf(bytes))
    await expect.poll(() => b.progress.length).toBeGreaterThan(10)
    a.connect(false)
    a.road = (message) => [message]
    const kept = b.progress.at(-1)!.bytes
    if (who !== 'receiver') a.load()
    if (who !== 'sender') b.load()
    a.sent = 0
    a.connect(true)
    if (who !== 'receiver') expect(await send(fileOf(bytes))).toBe(true)
    await expectWhole(bytes)
    expect(a.sent).toBeLessThan(bytes.length - kept + 2 * PART_BYTES)
    expect(b.offers.at(-1)!.bytes).toBeGreaterThanOrEqual(kept)
  })

  test('another file of the same name and edges is not joined to what came before', async () => {
    const bytes = content(10 * PART_BYTES)
    a.road = (message) => (a.sent < 5 * PART_BYTES ? [message] : [])
    void send(fileOf(bytes))
    await expect.poll(() => b.progress.length).toBeGreaterThan(2)
    a.connect(false)
    a.load()
    a.road = (message) => [message]
    const changed = bytes.slice()
    changed[100_000] ^= 1 // neither the head nor the tail
    a.connect(true)
    expect(await send(fileOf(changed))).toBe(true)
    await expectWhole(changed)
  })

  test.each([
    ['the same', 0, true],
    ['another of the same name and edges', 1, false],
  ])('where all was kept before a reload and %s file is offered, its sender is asked first', async (_, change, isKnown) => {
    const bytes = content(3 * PART_BYTES)
    const parts = b.disk!.parts.bind(b.disk)
    b.disk!.parts = () => new Promise(() => undefined) // the page is gone before it handed the file over
    void send(fileOf(bytes))
    await expect.poll(() => b.progress.length).toBe(3)
    a.connect(false)
    a.load()
    b.load()
    b.disk!.parts = parts
    a.connect(true)
    const offered = bytes.slice()
    offered[100_000] ^= change
    a.sent = 0
    expect(await send(fileOf(offered))).toBe(true)
    await expectWhole(offered)
    expect(a.sent < PART_BYTES).toBe(isKnown)
  })

  test('a full disk is told, and the file arrives all the same', async () => {
    const bytes = content(6 * PART_BYTES)
    b.onOffer = () => setTimeout(() => (b.disk!.isFull = true))
    expect(await send(fileOf(bytes))).toBe(true)
    await expect.poll(() => b.arrived.length).toBe(1)
    expect(await isEqual(b.arrived[0].file, bytes)).toBe(true)
    expect(b.faults).toHaveLength(1)
  })

  test('more bytes than were offered, foreign steps and broken offers change nothing', async () => {
    const say = (id: number, step: number, ...body: ArrayLike<number>[]): void => b.files.hear('a', { type: 'file', id, step, bytes: concat(...body) })
    const json = (value: unknown): Bytes => new TextEncoder().encode(JSON.stringify(value))
    const key = 'ab'.repeat(16)
    for (const offer of [{}, { key, name: 1, size: 1 }, { key, name: 'x', size: -1 }, { key, name: 'x', size: 1e300 }, { key: 'no', name: 'x', size: 1 }]) say(1, 0, json(offer))
    say(1, 1, [0], content(10))
    say(1, 9, [0])
    expect(b.offers).toEqual([])
    say(2, 0, json({ key, name: '../../etc/passwd', size: 3, mime: 'x' }))
    await expect.poll(() => b.offers.length).toBe(1)
    expect(b.offers[0].filename).toBe('passwd')
    say(2, 1, [0], content(4))
    say(2, 2, [1], new Uint8Array(32))
    await new Promise((later) => setTimeout(later, 20))
    expect(b.arrived).toEqual([])
  })
})
