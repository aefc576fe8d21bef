import { beforeEach, expect, test } from 'vitest'
import { utf8, type Bytes } from '../src/codec/bytes.ts'
import type { Connection } from '../src/p2p/connection.ts'
import { PeerLink, type LinkEvent } from '../src/p2p/peer-link.ts'
import { PartJoiner } from '../src/p2p/parts.ts'

/** A channel that opens, closes and carries when the test says so. */
class Channel {
  readyState = 'connecting'
  bufferedAmount = 0
  sent: Bytes[] = []
  onopen: (() => void) | undefined
  onclose: (() => void) | undefined
  onmessage: ((event: { data: ArrayBuffer }) => void) | undefined
  addEventListener(): void {}
  send(frame: Bytes): void {
    this.sent.push(frame.slice()) // as browsers do
  }
  open(): void {
    this.readyState = 'open'
    this.onopen?.()
  }
}

/** A browser's connection, as far as a link asks for it. */
class FakeConnection {
  main = new Channel()
  fast = new Channel()
  connectionState = 'new'
  iceConnectionState = 'new'
  signalingState = 'stable'
  remoteDescription: object | null = { type: 'answer', sdp: '' }
  restarts = 0
  onconnectionstatechange: (() => void) | undefined
  onnegotiationneeded: (() => void) | undefined
  async createOffer(): Promise<object> {
    return { type: 'offer', sdp: '' }
  }
  async setLocalDescription(): Promise<void> {}
  async getStats(): Promise<Map<string, unknown>> {
    return new Map()
  }
  restartIce(): void {
    this.restarts++
  }
  close(): void {
    this.signalingState = 'closed'
  }
  become(state: string): void {
    this.connectionState = state
    this.onconnectionstatechange?.()
  }
}

let nowMs: number
let timers: { atMs: number; call: () => void }[]
let made: FakeConnection[]
let relayed: Bytes[]
let events: LinkEvent[]
let hubIsThere: boolean
let link: PeerLink

beforeEach(async () => {
  nowMs = 0
  ;[timers, made, relayed, events, hubIsThere] = [[], [], [], [], true]
  link = new PeerLink({
    connect: () => {
      const pc = new FakeConnection()
      made.push(pc)
      return { pc, main: pc.main, fast: pc.fast } as unknown as Connection
    },
    polite: true,
    relay: 'auto',
    maxAttempts: 3,
    clock: {
      nowMs: () => nowMs,
      after: (delayMs, call) => {
        const timer = { atMs: nowMs + delayMs, call }
        timers.push(timer)
        return () => void (timers = timers.filter((other) => other !== timer))
      },
    },
    say: () => undefined,
    sendRelayed: (frame) => {
      if (hubIsThere) relayed.push(frame)
      return hubIsThere
    },
    canRelay: () => hubIsThere,
    heard: (event) => events.push(event),
  })
})

/** Time passes; what is due happens, and what was promised meanwhile. */
async function pass(ms: number): Promise<void> {
  const until = nowMs + ms
  for (;;) {
    await settle()
    const next = timers.filter((timer) => timer.atMs <= until).sort((a, b) => a.atMs - b.atMs)[0]
    if (!next) break
    timers = timers.filter((timer) => timer !== next)
    nowMs = Math.max(nowMs, next.atMs)
    next.call()
  }
  nowMs = until
}

const settle = (): Promise<void> => new Promise((soon) => setTimeout(soon, 0))
const textOf = (frames: Bytes[]): string[] => frames.map((frame) => new TextDecoder().decode(new PartJoiner().add(frame) as Bytes))
const types = (): string[] => events.map((event) => event.type).filter((type) => type === 'ready' || type === 'down')

async function connect(): Promise<FakeConnection> {
  link.start(true)
  await pass(0)
  const [pc] = made
  pc.main.open()
  pc.become('connected')
  await pass(10)
  return pc
}

test('a channel that comes back after the hub carried for it carries again', async () => {
  const pc = await connect()
  expect(await link.send(utf8('one'))).toBe(true)
  pc.become('disconnected')
  await pass(2_000) // the plan falls back to the hub and restarts ICE
  expect([link.path, pc.restarts]).toEqual(['hub', 1])
  expect(await link.send(utf8('two'))).toBe(true)
  pc.become('connected') // the same channel, the same connection
  await pass(10)
  expect(link.path).not.toBe('hub')
  expect(await link.send(utf8('three'))).toBe(true)
  expect([textOf(pc.main.sent), textOf(relayed)]).toEqual([['one', 'three'], ['two']])
  expect(types()).toEqual(['ready', 'down', 'ready', 'ready'])
})

test('a channel that comes back before the hub had to carry goes on', async () => {
  const pc = await connect()
  pc.become('disconnected')
  await pass(500)
  pc.become('connected')
  await pass(10)
  expect(await link.send(utf8('on'))).toBe(true)
  expect([textOf(pc.main.sent), relayed]).toEqual([['on'], []])
})

test('while the hub is away too nothing counts as sent, and what comes first takes over', async () => {
  const pc = await connect()
  hubIsThere = false
  pc.main.readyState = 'closed'
  pc.become('failed')
  await pass(3_000)
  expect(await link.send(utf8('lost'))).toBe(false)
  hubIsThere = true
  await pass(10_000)
  expect(link.path).toBe('hub')
  const again = made[made.length - 1]
  expect(again).not.toBe(pc)
  again.main.open()
  again.become('connected')
  await pass(10)
  expect(await link.send(utf8('new'))).toBe(true)
  expect([textOf(again.main.sent), relayed]).toEqual([['new'], []])
})

test('frames of the hub mean that the other side fell back, and a channel that opens is used again', async () => {
  link.start(false)
  await pass(0)
  link.hearRelayed(new Uint8Array([0, ...utf8('by hub')]), false)
  expect(link.path).toBe('hub')
  expect(await link.send(utf8('answer'))).toBe(true)
  expect(textOf(relayed)).toEqual(['answer'])
  expect(events.filter((event) => event.type === 'message').map((event) => new TextDecoder().decode((event as { message: Bytes }).message))).toEqual(['by hub'])
})

test.each([
  ['what the other side takes is not known', undefined, 60_001],
  ['the other side is a browser', 262_144, 240_001],
])('where %s, a long message goes in frames that fit', async (_, maxMessageSize, most) => {
  link.start(true)
  await pass(0)
  const [pc] = made
  Object.assign(pc, { sctp: { maxMessageSize } })
  pc.main.open()
  const message = new Uint8Array(500_000).map((_, i) => (i * 7 + (i >> 10)) & 255)
  expect(await link.send(message)).toBe(true)
  const joiner = new PartJoiner()
  const joined = pc.main.sent.map((frame) => joiner.add(frame))
  expect(pc.main.sent.map((frame) => frame.length).slice(0, -1)).toEqual(joined.slice(0, -1).map(() => most))
  expect(joined.slice(0, -1).every((message) => message === undefined)).toBe(true)
  expect(Buffer.from(joined[joined.length - 1] as Bytes).equals(message)).toBe(true)
})
