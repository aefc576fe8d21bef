import { expect, test } from 'vitest'
import { utf8, type Bytes } from '../src/codec/bytes.ts'
import { readFeedFrame, writeFeedFrame, type FeedFrame } from '../src/feeds/feed-frames.ts'
import { MAX_ASIDE } from '../src/feeds/aside.ts'
import { crypto, FeedWorld } from './feed-world.ts'

const isType = (bytes: Bytes, type: FeedFrame['type']): boolean => readFeedFrame(bytes)?.type === type

async function talk(world: FeedWorld, count: number, live = false): Promise<string> {
  let said = ''
  for (let i = 0; i < count; i++) {
    said += `w${i} `
    await world.write(`w${i} `, live)
  }
  return said
}

test('a late reader gets everything from the start with one signature for the whole answer', async () => {
  const world = await FeedWorld.create()
  const said = await talk(world, 500)
  await world.join()
  expect(world.text).toBe(said)
  expect(world.checks).toBe(2) // HEAD and the answer
  expect(world.asked).toHaveLength(1)
  expect(world.caughtUp).toBe(1)
})

test('a reader goes on live, and acknowledges at most once a second, and the end at once', async () => {
  const world = await FeedWorld.create()
  await world.write('{"v":1}', false, 2)
  await world.join()
  const said = await talk(world, 30, true)
  expect(world.text).toBe(said)
  expect(world.acks).toEqual([])
  await world.pass(1)
  expect(world.acks).toEqual([31])
  await talk(world, 3, true)
  await world.pass(500)
  expect(world.acks).toEqual([31])
  await world.pass(600)
  expect(world.acks).toEqual([31, 34])
  await world.write('{"exit":0,"reason":"eof"}', true, 4)
  expect(world.acks).toEqual([31, 34, 35])
})

test('a newest entry shown again is acknowledged again: the host had lost sight of its reader', async () => {
  const world = await FeedWorld.create()
  await world.join()
  const older = await world.write('a')
  const newest = await world.write('{"exit":0,"reason":"eof"}', true, 4)
  expect(world.acks).toEqual([2])
  await world.deliver(older)
  await world.pass(2_000)
  expect(world.acks).toEqual([2])
  await world.deliver(newest)
  expect(world.acks).toEqual([2, 2])
  expect(world.text).toBe('a')
})

test('entries longer than one answer are asked for until the head is reached', async () => {
  const world = await FeedWorld.create()
  for (let i = 0; i < 12; i++) await world.write(String(i % 10).repeat(59_000), false)
  await world.join()
  expect(world.text).toHaveLength(12 * 59_000)
  expect(world.asked.map((want) => want.after)).toEqual([0, 4, 8])
})

test('a lost live frame is asked for, and what came after it waits', async () => {
  const world = await FeedWorld.create()
  await world.write('a')
  await world.join()
  await world.write('b', false)
  await world.write('c')
  expect(world.text).toBe('abc')
  await world.write('d')
  expect(world.text).toBe('abcd')
  expect(world.asked).toHaveLength(2)
})

test('reordered and doubled live frames come out in order, once', async () => {
  const world = await FeedWorld.create()
  await world.write('a', false)
  await world.join()
  const frames: Bytes[] = []
  for (const word of ['b', 'c', 'd', 'e']) frames.push(await world.write(word, false))
  await world.deliver(frames[2], frames[0], frames[0], frames[3], frames[1], frames[2])
  expect(world.text).toBe('abcde')
})

test('when the host is deaf the reader asks again after 3, 6, 12 and then every 30 seconds', async () => {
  const world = await FeedWorld.create()
  world.road = () => []
  await world.join()
  await world.pass(3_000)
  await world.pass(6_000)
  await world.pass(12_000)
  await world.pass(30_000)
  await world.pass(30_000)
  expect(world.asked).toHaveLength(6)
})

test('the reader keeps at most 1,024 entries aside and asks for the rest', async () => {
  const world = await FeedWorld.create()
  await world.write('a', false)
  await world.join()
  const honest = world.road
  world.road = (frame) => (isType(frame, 'live') ? [frame] : [])
  await world.write('lost ', false)
  const said = await talk(world, MAX_ASIDE + 20, true)
  expect(world.text).toBe('a')
  world.road = honest
  await world.pass(3_000)
  expect(world.text).toBe('a' + 'lost ' + said)
})

test('forged live frames are dropped and counted, and the honest ones around them are read', async () => {
  const world = await FeedWorld.create()
  await world.write('a', false)
  await world.join()
  const forger = await FeedWorld.create()
  world.road = (frame) => {
    const live = readFeedFrame(frame)
    if (live?.type !== 'live') return [frame]
    const lie = writeFeedFrame({ ...live, sealed: new Uint8Array(live.sealed.length) })
    const stolen = writeFeedFrame({ ...live, n: live.n + 1, sig64: forger.host.log.headFrame().slice(-64) })
    return [lie, frame, stolen]
  }
  const said = await talk(world, 20, true)
  expect(world.text).toBe('a' + said)
  expect(world.reader.junk).toBeGreaterThan(19)
  expect(world.faults).toEqual([])
})

test('another author is not the host, whatever he signs', async () => {
  const world = await FeedWorld.create()
  await world.write('honest', false)
  await world.join()
  const stranger = await FeedWorld.create()
  await stranger.write('evil', false)
  await world.deliver(stranger.host.log.headFrame(), ...stranger.host.log.answer(0, 1_000_000))
  expect(world.text).toBe('honest')
  expect(world.feeds).toBe(1)
})

test('an invented epoch without the host’s signature changes nothing', async () => {
  const world = await FeedWorld.create()
  await world.write('honest ', false)
  await world.join()
  for (let i = 0; i < 20; i++) {
    const head = readFeedFrame(world.host.log.headFrame()) as FeedFrame & { type: 'head' }
    await world.deliver(writeFeedFrame({ ...head, epoch16: new Uint8Array(16).fill(100 + i) }))
  }
  await world.write('still')
  expect(world.text).toBe('honest still')
  expect(world.feeds).toBe(1)
  expect(world.reader.junk).toBe(20)
})

test('a host that lost its log starts a new epoch and is followed', async () => {
  const world = await FeedWorld.create()
  await world.write('old ', false)
  await world.join()
  world.host = await FeedWorld.newLog(world.room, world.author, 2)
  await world.write('new ', false)
  await world.join()
  expect(world.text).toBe('old new ')
  expect(world.feeds).toBe(2)
  await world.write('live')
  expect(world.text).toBe('old new live')
})

test('a new epoch that is announced while the reader waits is read from its first entry', async () => {
  const world = await FeedWorld.create()
  await world.write('old ', false)
  await world.join()
  world.host = await FeedWorld.newLog(world.room, world.author, 2)
  const live = await world.write('new ', false)
  await world.deliver(live)
  expect(world.text).toBe('old new ')
})

test('a fork below the cursor is an error that stops the reader', async () => {
  const world = await FeedWorld.create()
  await talk(world, 3)
  await world.join()
  const twin = await FeedWorld.newLog(world.room, world.author, 1)
  await twin.append(1, utf8('another history'))
  await world.deliver(twin.log.headFrame())
  expect(world.faults).toEqual(['fork'])
  await world.write('more')
  expect(world.text).toBe('w0 w1 w2 ')
})

test('a fork that is longer than the cursor is found by the HEAD before its answer', async () => {
  const world = await FeedWorld.create()
  await talk(world, 3)
  await world.join()
  world.host = await FeedWorld.newLog(world.room, world.author, 1)
  for (let i = 0; i < 9; i++) await world.write('other', false)
  await world.join()
  expect(world.faults).toEqual(['fork'])
})

test('a log that shrank is a rollback, once the host has said so twice', async () => {
  const world = await FeedWorld.create()
  await world.write('a', false)
  const short = world.host.log.headFrame()
  await world.write('b', false)
  await world.join()
  await world.deliver(short)
  expect(world.faults).toEqual([])
  await world.deliver(short, short)
  expect(world.faults).toEqual(['rollback'])
})

test('what a new epoch says about the old one is compared', async () => {
  const world = await FeedWorld.create()
  await world.write('old', false)
  await world.join()
  const old = readFeedFrame(world.host.log.headFrame()) as FeedFrame & { type: 'head' }
  world.host = await FeedWorld.newLog(world.room, world.author, 2)
  await world.write('new', false)
  await world.join()
  world.reader.handle({ type: 'previous', epoch16: old.epoch16, n: 1, chain32: old.chain32 }, world.nowMs)
  await world.settle()
  expect(world.faults).toEqual([])
  world.reader.handle({ type: 'previous', epoch16: old.epoch16, n: 1, chain32: new Uint8Array(32) }, world.nowMs)
  await world.settle()
  expect(world.faults).toEqual(['fork'])
})

test('junk of every length never throws', async () => {
  const world = await FeedWorld.create()
  await world.write('a', false)
  await world.join()
  for (let i = 0; i < 300; i++) {
    const junk = globalThis.crypto.getRandomValues(new Uint8Array(i))
    if (i > 9) junk.set([1 + (i % 5), ...world.host.log.feed8])
    await world.deliver(junk)
  }
  await world.pass(40_000)
  await world.write('b')
  expect(world.text).toBe('ab')
  expect(crypto.made.ed25519).toBe('browser')
})
