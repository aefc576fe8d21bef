import { afterEach, expect, test } from 'vitest'
import { hex, type Bytes } from '../src/codec/bytes.ts'
import type { Clock } from '../src/cores/core-driver.ts'
import { chooseCrypto } from '../src/crypto/choose.ts'
import type { Signer } from '../src/crypto/provider.ts'
import type { LinksNews } from '../src/direct/links-news.ts'
import { SessionLinks } from '../src/direct/session-links.ts'
import type { HubFrame } from '../src/door/door-frames.ts'
import type { HubLink, LinkNews } from '../src/hub/hub-link.ts'
import { peerId20 } from '../src/identity/peer-id.ts'
import { deriveRoom } from '../src/rooms/room-keys.ts'
import { fakeRtc } from './fake-rtc.ts'

// Members of a document that link with one another, without a browser: connections that open once offer and answer have met, and time that moves when told.
const crypto = await chooseCrypto()
const room = await deriveRoom(crypto, { secret16: new Uint8Array(16).fill(3), owner16: new Uint8Array(16).fill(4) })
const hubPub32 = new Uint8Array(32).fill(5)
let members: Member[] = []
let nowMs = 0
let timers: { atMs: number; call: () => void }[] = []
let bornAt = 0
const clock: Clock = {
  nowMs: () => nowMs,
  after(delayMs, call) {
    const timer = { atMs: nowMs + delayMs, call }
    timers.push(timer)
    return () => void (timers = timers.filter((other) => other !== timer))
  },
}
const open: { rtc: unknown; made: number } = fakeRtc()

afterEach(() => {
  members.forEach(({ links }) => links.stop())
  ;[members, timers] = [[], []]
})

interface Member {
  id: string
  peer20: Bytes
  session16: Bytes
  up: Set<string>
  links: SessionLinks
  /** Whether its hub is there. */
  online: boolean
  hear(frame: HubFrame): void
}

async function member(maxLinks = 8): Promise<Member> {
  const identity: Signer = await crypto.ed25519.generate()
  const [peer20, session16, up] = [peerId20(identity.publicKey), new Uint8Array(16).fill(++bornAt), new Set<string>()]
  const link = {
    get isOpen() {
      return me.online
    },
    transmit(bytes: Bytes) {
      const [target, payload] = [hex(bytes.slice(1, 21)), bytes.slice(21)]
      const to = members.find(({ id, online }) => id === target && online)
      if (me.online && to) setImmediate(() => to.hear({ type: 'signal', src20: peer20, dst20: to.peer20, payload }))
      return me.online
    },
  } as unknown as HubLink
  const me: Member = { id: hex(peer20), peer20, session16, up, online: true, links: undefined!, hear: (frame) => me.links.hear({ type: 'frame', frame }) }
  const tell = (news: LinksNews): void => {
    if (news.type === 'up') up.add(hex(news.peer20))
    if (news.type === 'down') up.delete(hex(news.peer20))
  }
  me.links = new SessionLinks({ crypto, identity, room, session16, link, role: 'member', maxLinks, clock, rtc: open.rtc as typeof RTCPeerConnection }, tell, [
    { type: 'open', hubPub32, welcome: { iceServers: [] } } as unknown as LinkNews,
  ])
  return me
}

/** The newcomer hears MEMBERS, the others JOINED. */
async function enter(me: Member): Promise<void> {
  const seat = ({ peer20, session16 }: { peer20: Bytes; session16: Bytes }) => ({ peer20, session16, role: 0 })
  // The hub's own keeper sits in the room too; nobody links with it.
  const keeper = { peer20: peerId20(hubPub32), session16: new Uint8Array(16) }
  me.hear({ type: 'members', room16: room.room16, more: false, members: [keeper, ...members].map(seat) })
  for (const other of members) other.hear({ type: 'joined', room16: room.room16, member: seat(me) })
  members.push(me)
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 60; i++) await new Promise((next) => setTimeout(next, 1))
}
async function pass(ms: number): Promise<void> {
  for (const until = nowMs + ms; ; ) {
    const next = timers.filter(({ atMs }) => atMs <= until).sort((a, b) => a.atMs - b.atMs)[0]
    if (!next) return void (nowMs = until)
    nowMs = Math.max(nowMs, next.atMs)
    timers = timers.filter((timer) => timer !== next)
    next.call()
    await new Promise((soon) => setTimeout(soon, 1))
  }
}
/** Waits until it is so: seals and signatures take as long as the machine needs. */
async function until(probe: () => boolean): Promise<void> {
  for (let i = 0; i < 5_000 && !probe(); i++) await new Promise((next) => setTimeout(next, 2))
  expect(probe()).toBe(true)
}
const sorted = (all: Member[]): Member[] => [...all].sort((a, b) => (a.id < b.id ? -1 : 1))

test('of two members the one whose id is smaller offers, whoever came first, and both are up', async () => {
  for (let i = 0; i < 4; i++) {
    const before = open.made
    const [one, two] = [await member(), await member()]
    await enter(one)
    await enter(two)
    await until(() => one.up.has(two.id) && two.up.has(one.id))
    expect(open.made - before).toBe(2) // one connection each: no glare, and none to the keeper
    ;[one, two].forEach(({ links }) => links.stop())
    members = []
  }
})

test('beyond its limit a member says bye; the other one asks again later, and gets the place that is free', async () => {
  const [small, middle, large] = sorted([await member(1), await member(1), await member(1)])
  await enter(large)
  await enter(middle)
  await until(() => middle.up.has(large.id) && large.up.has(middle.id))
  await enter(small)
  await settle()
  expect([small.up.size, middle.up.size, large.up.size]).toEqual([0, 1, 1])
  // The middle one leaves for good: the large one is free, and the small one, told bye by it or not yet asked, links with it.
  middle.links.stop()
  members = members.filter((one) => one !== middle)
  for (const one of [small, large]) one.hear({ type: 'left', room16: room.room16, peer20: middle.peer20, reason: 0 })
  for (let i = 0; i < 300 && !small.up.has(large.id); i++) {
    await pass(1_000)
    await settle()
  }
  await until(() => small.up.has(large.id) && large.up.has(small.id))
}, 120_000)

test('a connection that the hub lost is not leaving, and a link needs no hub; a link that dies is built anew once there is one', async () => {
  const [one, two] = sorted([await member(), await member()])
  await enter(one)
  await enter(two)
  await until(() => one.up.has(two.id) && two.up.has(one.id))
  one.hear({ type: 'left', room16: room.room16, peer20: two.peer20, reason: 1 })
  one.online = two.online = false
  await pass(2_000)
  expect([one.up.size, two.up.size]).toEqual([1, 1])
  two.links.stop()
  await until(() => one.up.size === 0)
  const before = open.made
  await pass(60_000)
  expect(open.made - before).toBeLessThan(8) // three attempts of each, then rest
  one.online = true
  members = [one]
  const again = await member()
  await enter(again)
  await until(() => one.up.has(again.id) && again.up.has(one.id))
}, 30_000)

test('who does not answer is let go, and asked ever more seldom', async () => {
  const [small, large] = sorted([await member(), await member()])
  large.hear = () => undefined
  await enter(large)
  await enter(small)
  await settle()
  const before = open.made
  for (let i = 0; i < 60; i++) await pass(1_000)
  const first = open.made - before
  for (let i = 0; i < 600; i++) await pass(1_000)
  const rest = open.made - before - first
  expect(first).toBeGreaterThan(0)
  expect(rest).toBeGreaterThan(2)
  expect(rest).toBeLessThan(40)
  expect(small.up.size).toBe(0)
}, 60_000)

test('in a full room of many a member asks a few at once, and then one every two seconds', async () => {
  const [small, ...others] = sorted(await Promise.all(Array.from({ length: 30 }, () => member())))
  for (const other of others) other.hear = () => undefined
  members = others
  const before = open.made
  await enter(small)
  expect(open.made - before).toBe(6)
  await pass(2_100)
  expect(open.made - before).toBe(7)
}, 30_000)
