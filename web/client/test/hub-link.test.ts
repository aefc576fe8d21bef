import { beforeEach, expect, test } from 'vitest'
import { concat, u16, u32, utf8, type Bytes } from '../src/codec/bytes.ts'
import { chooseCrypto } from '../src/crypto/choose.ts'
import { authMessage, authorityOf, welcomeMessage } from '../src/door/peer-frames.ts'
import { checkWelcome, readWelcome } from '../src/hub/check-welcome.ts'
import { HubLinkCore } from '../src/hub/hub-link-core.ts'
import type { HubLinkEffect, RoomToJoin } from '../src/hub/hub-link-messages.ts'
import { retryDelayMs } from '../src/hub/retry-table.ts'

const crypto = await chooseCrypto()
const hub = await crypto.ed25519.generate()
const peer = await crypto.ed25519.generate()
const HELLO = concat([0x01, 1], hub.publicKey, new Uint8Array(32).fill(5))
const SIG = new Uint8Array(64).fill(9)
const room: RoomToJoin = { room16: new Uint8Array(16).fill(1), owner16: new Uint8Array(16), joinPub32: new Uint8Array(32), session16: new Uint8Array(16), flags: 1 }

let core: HubLinkCore
let nowMs: number

beforeEach(() => {
  nowMs = 0
  core = new HubLinkCore({ urls: ['ws://one:3000/roost', 'ws://two/roost'], network: 'n', peerPub32: peer.publicKey, dice: () => 0.5, nonce32: () => new Uint8Array(32).fill(7) })
})

function effects(): HubLinkEffect[] {
  const all: HubLinkEffect[] = []
  for (let effect = core.take(); effect; effect = core.take()) all.push(effect)
  return all
}

function give(input: Parameters<HubLinkCore['handle']>[0]): HubLinkEffect[] {
  core.handle(input, nowMs)
  return effects()
}

const hear = (bytes: Bytes): HubLinkEffect[] => give({ type: 'message', bytes })
const one = <T extends HubLinkEffect['type']>(all: HubLinkEffect[], type: T) => all.find((effect) => effect.type === type) as HubLinkEffect & { type: T }

function welcome(said: object = { v: 1, iceServers: [], hubs: [], limits: { pingMs: 10_000 } }): Bytes {
  return concat([0x03], SIG, utf8(JSON.stringify(said)))
}

function open(): HubLinkEffect[] {
  give({ type: 'start' })
  give({ type: 'opened' })
  const sign = one(hear(HELLO), 'sign')
  give({ type: 'signed', ticket: sign.ticket, sig64: SIG })
  const check = one(hear(welcome()), 'check')
  return give({ type: 'checked', ticket: check.ticket, welcome: readWelcome(check.json) })
}

test('proves its key to the hub it dialled and checks the hub’s answer', () => {
  expect(give({ type: 'start' })).toEqual([{ type: 'dial', url: 'ws://one:3000/roost' }])
  const sign = one(hear(HELLO), 'sign')
  const proof = { hubPub32: hub.publicKey, hubNonce32: new Uint8Array(32).fill(5), peerPub32: peer.publicKey, peerNonce32: new Uint8Array(32).fill(7), network: 'n', authority: 'one:3000' }
  expect(sign.message).toEqual(authMessage(proof))
  const [auth] = give({ type: 'signed', ticket: sign.ticket, sig64: SIG })
  expect(auth.type === 'transmit' && auth.bytes[0]).toBe(2)
  const check = one(hear(welcome()), 'check')
  expect(check.proof).toEqual(proof)
  expect(one(give({ type: 'checked', ticket: check.ticket, welcome: readWelcome(check.json) }), 'open').welcome.limits.pingMs).toBe(10_000)
})

test('a hub that cannot prove its key is left', () => {
  give({ type: 'start' })
  const sign = one(hear(HELLO), 'sign')
  give({ type: 'signed', ticket: sign.ticket, sig64: SIG })
  const check = one(hear(welcome()), 'check')
  const after = give({ type: 'checked', ticket: check.ticket, welcome: undefined })
  expect(after.map((effect) => effect.type)).toEqual(['hang-up', 'lost'])
})

test('WELCOME holds only with the signature of the hub that said HELLO, over all of it', async () => {
  const proof = { hubPub32: hub.publicKey, hubNonce32: new Uint8Array(32).fill(5), peerPub32: peer.publicKey, peerNonce32: new Uint8Array(32).fill(7), network: 'n', authority: 'one:3000' }
  const json = welcome().slice(65)
  const sig64 = await hub.sign(welcomeMessage(proof, json))
  const check = (changed: object) => checkWelcome(crypto.ed25519, { proof, json, sig64, ...changed })
  expect((await check({}))!.limits.pingMs).toBe(10_000)
  expect(await check({ sig64: await peer.sign(welcomeMessage(proof, json)) })).toBeUndefined()
  expect(await check({ json: concat(json, [32]) })).toBeUndefined()
  expect(await check({ proof: { ...proof, authority: 'two:80' } })).toBeUndefined()
  const older = utf8('{"v":0}')
  expect(await check({ json: older, sig64: await hub.sign(welcomeMessage(proof, older)) })).toBeUndefined()
})

test('the authority is host and port as dialled, the port always written', () => {
  expect(authorityOf('ws://Roost.LOCAL/roost')).toBe('roost.local:80')
  expect(authorityOf('wss://roost.example/roost')).toBe('roost.example:443')
  expect(authorityOf('ws://[::1]:3000/roost')).toBe('[::1]:3000')
})

test('rooms are joined on every new link, with a proof for that link', () => {
  give({ type: 'join', room })
  give({ type: 'start' })
  const auth = one(hear(HELLO), 'sign')
  const sign = one(give({ type: 'signed', ticket: auth.ticket, sig64: SIG }), 'sign')
  expect(sign.room).toBe(room)
  expect(give({ type: 'signed', ticket: sign.ticket, sig64: SIG }).map((effect) => effect.type)).toEqual(['transmit', 'join-sent'])
  give({ type: 'closed', code: 1006 })
  nowMs += 2_000
  core.tick(nowMs)
  expect(one(effects(), 'dial').url).toBe('ws://two/roost')
  const again = one(hear(HELLO), 'sign')
  expect(one(give({ type: 'signed', ticket: again.ticket, sig64: SIG }), 'sign').room).toBe(room)
})

test('what the hub says before its proof is checked waits for the check', () => {
  give({ type: 'start' })
  give({ type: 'signed', ticket: one(hear(HELLO), 'sign').ticket, sig64: SIG })
  const check = one(hear(welcome()), 'check')
  expect(hear(concat([0x0c], new Uint8Array(36), u32(1)))).toEqual([])
  expect(give({ type: 'checked', ticket: check.ticket, welcome: readWelcome(check.json) }).map((effect) => effect.type)).toEqual(['open', 'frame'])
})

test('a room joined while the hub’s proof is checked is joined at once, and once only', () => {
  give({ type: 'start' })
  give({ type: 'signed', ticket: one(hear(HELLO), 'sign').ticket, sig64: SIG })
  const check = one(hear(welcome()), 'check')
  expect(one(give({ type: 'join', room }), 'sign').room).toBe(room)
  expect(give({ type: 'checked', ticket: check.ticket, welcome: readWelcome(check.json) }).map((effect) => effect.type)).toEqual(['open'])
})

test('a proof that was asked for on a lost link is not sent on the next', () => {
  open()
  const sign = one(give({ type: 'join', room }), 'sign')
  give({ type: 'closed', code: 1006 })
  expect(give({ type: 'signed', ticket: sign.ticket, sig64: SIG })).toEqual([])
})

test('tries the other hub at once and every hub before the wait grows: 1, 2, 4 … 30 seconds, for ever', () => {
  expect(one(give({ type: 'start' }), 'dial').url).toContain('one')
  const waits: number[] = []
  const urls: string[] = []
  for (let i = 0; i < 16; i++) {
    const lost = one(give({ type: 'closed', code: 1006 }), 'lost')
    waits.push(lost.retryAtMs - nowMs)
    nowMs = lost.retryAtMs
    core.tick(nowMs)
    urls.push(one(effects(), 'dial').url.includes('one') ? '1' : '2')
  }
  expect(waits).toEqual([150, 1000, 1000, 2000, 2000, 4000, 4000, 8000, 8000, 16000, 16000, 30000, 30000, 30000, 30000, 30000])
  expect(urls.join('')).toBe('2121212121212121')
})

test('the wait is spread and never above its cap', () => {
  expect(retryDelayMs(0, () => 0)).toBe(750)
  expect(retryDelayMs(1, () => 0.999)).toBe(2499)
  expect(retryDelayMs(99, () => 0.999)).toBe(30_000)
})

test('after an identity was taken over elsewhere it stays away', () => {
  open()
  expect(give({ type: 'closed', code: 4409 })).toEqual([{ type: 'stopped', why: 'replaced' }])
  expect(core.nextWake).toBeUndefined()
  expect(give({ type: 'online' })).toEqual([])
})

test('a silent hub is pinged, then left', () => {
  open()
  nowMs = 10_000
  core.tick(nowMs)
  expect(effects()).toEqual([{ type: 'transmit', bytes: new Uint8Array([0x0d]) }])
  nowMs = 20_000
  core.tick(nowMs)
  expect(effects().map((effect) => effect.type)).toEqual(['hang-up', 'lost'])
})

test('a hub that accepts and says nothing is left after ten seconds, one that is slow with WELCOME after five', () => {
  give({ type: 'start' })
  give({ type: 'opened' })
  expect(core.nextWake?.atMs).toBe(10_000)
  nowMs = 4_000
  hear(HELLO)
  expect(core.nextWake).toEqual({ atMs: 9_000, why: 'hear WELCOME' })
  nowMs = 9_000
  core.tick(nowMs)
  expect(effects().map((effect) => effect.type)).toEqual(['hang-up', 'lost'])
})

test('being online again ends the wait at once', () => {
  give({ type: 'start' })
  give({ type: 'closed', code: 1006 })
  expect(one(give({ type: 'online' }), 'dial').url).toContain('two')
})

function enter(hubs: unknown[]): void {
  give({ type: 'signed', ticket: one(hear(HELLO), 'sign').ticket, sig64: SIG })
  const check = one(hear(welcome({ v: 1, hubs })), 'check')
  give({ type: 'checked', ticket: check.ticket, welcome: readWelcome(check.json) })
}

function loseAndDial(): string {
  nowMs = one(give({ type: 'closed', code: 1006 }), 'lost').retryAtMs
  core.tick(nowMs)
  return one(effects(), 'dial').url
}

test('other hubs that WELCOME names are tried too, as the origins that hubs name', () => {
  give({ type: 'start' })
  enter(['http://three:3000', 7, 'https://four', 'ftp://no', 'http://no:99999', 'http://'])
  expect([1, 2, 3, 4].map(loseAndDial)).toEqual(['ws://two/roost', 'ws://three:3000/roost', 'wss://four/roost', 'ws://one:3000/roost'])
})

test('from a hub that another one told of, it goes on to the next, and comes back', () => {
  give({ type: 'start' })
  enter(['http://three'])
  expect(loseAndDial()).toBe('ws://two/roost')
  expect(loseAndDial()).toBe('ws://three/roost')
  enter(['http://four']) // which names neither itself nor the hubs that are down
  expect([1, 2, 3, 4].map(loseAndDial)).toEqual(['ws://four/roost', 'ws://one:3000/roost', 'ws://two/roost', 'ws://three/roost'])
})

const DRAINING = concat([0x0f], u16(22), u32(0xffffffff), utf8('draining'))

test('a hub that is taken out is told goodbye, heard out, and left for another', () => {
  open()
  expect(hear(DRAINING)).toEqual([{ type: 'transmit', bytes: new Uint8Array([0x10]) }])
  expect(give({ type: 'transmit', bytes: new Uint8Array([9]) })).toEqual([]) // after goodbye, nothing
  expect(one(hear(concat([0x0c], new Uint8Array(36), u32(1))), 'frame').frame.type).toBe('gap')
  expect(loseAndDial()).toBe('ws://two/roost')
})

test('a hub that is taken out and does not let go is left after five seconds', () => {
  open()
  hear(DRAINING)
  nowMs = 5_000
  core.tick(nowMs)
  expect(effects().map((effect) => effect.type)).toEqual(['hang-up', 'lost'])
})

test('who knows no other hub stays at one that is taken out', () => {
  core = new HubLinkCore({ urls: ['ws://one:3000/roost'], network: 'n', peerPub32: peer.publicKey, dice: () => 0.5, nonce32: () => new Uint8Array(32).fill(7) })
  open()
  expect(hear(DRAINING)).toEqual([])
  expect(core.state).toBe('open')
})

test('of many hubs that WELCOME names, eight are remembered', () => {
  give({ type: 'start' })
  enter(Array.from({ length: 100 }, (_, i) => `http://h${i}`))
  expect(new Set(Array.from({ length: 40 }, loseAndDial)).size).toBe(10)
})

test('junk from a hub never throws and changes nothing', () => {
  open()
  for (let length = 0; length < 300; length++) {
    for (const type of [0x01, 0x03, 0x06, 0x07, 0x0b, 0x0f, 0x77]) {
      const junk = globalThis.crypto.getRandomValues(new Uint8Array(length))
      junk[0] = type
      hear(junk)
    }
  }
  expect(core.state).toBe('open')
  expect(hear(concat([0x0f], u16(12), u32(3), utf8('full')))).toEqual([{ type: 'frame', frame: { type: 'error', code: 12, re: 3, text: 'full' } }])
})
