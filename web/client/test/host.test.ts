import { describe, expect, test } from 'vitest'
import { utf8, type Bytes } from '../src/codec/bytes.ts'
import { chooseCrypto } from '../src/crypto/choose.ts'
import { newEpoch } from '../src/feeds/feed-host.ts'
import { KIND, readFeedFrame, writeFeedFrame } from '../src/feeds/feed-frames.ts'
import { HostCore, MAX_ANSWERS, MAX_LISTED, MAX_SEATS, type HostEffect, type HostStatus } from '../src/host/host-core.ts'
import type { HostedEntry, StoreFault } from '../src/host/host-store.ts'
import { StoredFeed } from '../src/host/stored-feed.ts'
import { TextBatch } from '../src/host/text-batch.ts'
import { deriveRoom } from '../src/rooms/room-keys.ts'

const crypto = await chooseCrypto()
const author = await crypto.ed25519.generate()
const room = await deriveRoom(crypto, { secret16: new Uint8Array(16), owner16: new Uint8Array(16).fill(7) })
const epoch = newEpoch(1, new Uint8Array(10))
const draft = (text: string): { kind: number; body: Bytes } => ({ kind: KIND.text, body: utf8(text) })

describe('a stored feed', () => {
  const open = (entries: HostedEntry[], store: (more: HostedEntry[]) => Promise<StoreFault | undefined>): Promise<StoredFeed> => StoredFeed.open(crypto, room, author, epoch, entries, store)

  test('answers nobody with an entry that is not on the disk yet', async () => {
    let stored!: () => void
    const feed = await open([], () => new Promise((resolve) => (stored = () => resolve(undefined))))
    const appending = feed.append([draft('a'), draft('b')])
    await expect.poll(() => typeof stored).toBe('function')
    expect(feed.log.head).toBe(0)
    stored()
    expect(await appending).toHaveLength(2)
    expect(feed.log.head).toBe(2)
  })

  test('keeps what the disk refused to itself', async () => {
    const feed = await open([], async () => 'full')
    expect(await feed.append([draft('a')])).toBe('full')
    expect(feed.log.head).toBe(0)
  })

  test('goes on after a reload with the same chain, and refuses a log with a hole', async () => {
    const disk: HostedEntry[] = []
    const keep = async (more: HostedEntry[]): Promise<undefined> => void disk.push(...more)
    const first = await open([], keep)
    await first.append([draft('a'), draft('b'), draft('c')])
    const second = await open(disk, keep)
    expect(second.log.headFrame()).toEqual(first.log.headFrame())
    await second.append([draft('d')])
    expect(disk.map(({ n }) => n)).toEqual([1, 2, 3, 4])
    await expect(open([disk[0], disk[2]], keep)).rejects.toThrow('log-damaged')
  })
})

test('a batch joins text, keeps the order, and cuts what is too large', () => {
  const batch = new TextBatch()
  batch.add(KIND.text, utf8('a'))
  batch.add(KIND.text, utf8('b'))
  batch.add(KIND.meta, utf8('{}'))
  batch.add(KIND.text, new Uint8Array(130_000))
  const drafts = batch.take(100)
  expect(drafts.map(({ kind, body }) => [kind, body.length])).toEqual([[1, 2], [2, 2], [1, 60_000], [1, 60_000], [1, 10_000]])
  expect(batch.isEmpty).toBe(true)
  expect(batch.bytes).toBe(0)
})

describe('a host', () => {
  const room16 = new Uint8Array(16).fill(1)
  const feed8 = new Uint8Array(8).fill(2)
  const peer = (n: number): Bytes => new Uint8Array([n >> 8, n & 255, ...new Uint8Array(18)])
  const drain = (core: HostCore): HostEffect[] => {
    const effects: HostEffect[] = []
    for (let effect = core.take(); effect; effect = core.take()) effects.push(effect)
    return effects
  }
  const joined = (core: HostCore, n: number, nowMs = 0): void =>
    core.handle({ type: 'link', news: { type: 'frame', frame: { type: 'joined', room16, member: { peer20: peer(n), session16: room16, role: 0 } } } }, nowMs)
  const sends = (core: HostCore, n: number, payload: Bytes, nowMs = 0): void =>
    core.handle({ type: 'link', news: { type: 'frame', frame: { type: 'send', src20: peer(n), room16, dst20: peer(0), payload } } }, nowMs)
  const want = writeFeedFrame({ type: 'want', feed8, after: 0, budget: 1_000 })
  const last = (effects: HostEffect[]): HostStatus => (effects.filter((effect) => effect.type === 'status').pop() as { status: HostStatus }).status

  test('is not refused because a viewer has just gone, nor for longer than the room stands still', () => {
    const core = new HostCore(room16, feed8)
    const refuse = (code: number): void => core.handle({ type: 'link', news: { type: 'frame', frame: { type: 'error', code, re: 0, text: '' } } }, 0)
    joined(core, 1)
    drain(core)
    refuse(8)
    expect(drain(core)).toEqual([])
    refuse(9)
    expect(last(drain(core)).refusal).toEqual({ code: 9, text: '' })
    joined(core, 2)
    expect(last(drain(core)).refusal).toBeUndefined()
  })

  test('knows how far each viewer is, and forgets who left', () => {
    const core = new HostCore(room16, feed8)
    joined(core, 1)
    core.handle({ type: 'appended', head: 5 }, 0)
    sends(core, 1, writeFeedFrame({ type: 'ack', feed8, n: 3 }))
    expect(last(drain(core)).viewers).toMatchObject([{ behind: 2 }])
    sends(core, 1, writeFeedFrame({ type: 'ack', feed8, n: 99 }))
    core.handle({ type: 'link', news: { type: 'frame', frame: { type: 'left', room16, peer20: peer(1), reason: 0 } } }, 0)
    expect(last(drain(core)).viewers).toEqual([])
  })

  test('answers strangers never and one viewer so often at most', () => {
    const core = new HostCore(room16, feed8)
    sends(core, 9, want)
    expect(drain(core)).toEqual([])
    joined(core, 1)
    for (let i = 0; i < 200; i++) sends(core, 1, want)
    expect(drain(core).filter(({ type }) => type === 'answer')).toHaveLength(MAX_ANSWERS)
    sends(core, 1, want, 1_000)
    expect(drain(core).filter(({ type }) => type === 'answer')).toHaveLength(1)
  })

  test('lists so many viewers at most, and survives junk', () => {
    const core = new HostCore(room16, feed8)
    for (let n = 1; n <= MAX_SEATS + 10; n++) joined(core, n)
    const { count, viewers } = last(drain(core))
    expect([count, viewers.length]).toEqual([MAX_SEATS, MAX_LISTED])
    for (const junk of [[], [0], [0x10], [3, 1], [255, 255]]) sends(core, 1, new Uint8Array(junk))
    expect(drain(core).filter(({ type }) => type === 'answer')).toEqual([])
  })
})

test('a feed frame that a host sends is one that readers read', async () => {
  const feed = await StoredFeed.open(crypto, room, author, epoch, [], async () => undefined)
  const [live] = (await feed.append([draft('a')])) as Bytes[]
  expect(readFeedFrame(live)).toMatchObject({ type: 'live', n: 1, kind: KIND.text })
  expect(feed.answer(writeFeedFrame({ type: 'want', feed8: new Uint8Array(8), after: 0, budget: 1 }))).toHaveLength(2)
})
