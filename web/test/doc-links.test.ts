import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WebSocket as NodeSocket } from 'ws'
import { SharedDocument } from '../app/src/doc/shared-document.ts'
import { hex, type Bytes } from '../client/src/codec/bytes.ts'
import type { Clock } from '../client/src/cores/core-driver.ts'
import { chooseCrypto } from '../client/src/crypto/choose.ts'
import { readDocumentInvite, writableInvite, writeDocumentInvite, type DocumentInvite } from '../client/src/doc/document-invite.ts'
import type { DocumentStatus } from '../client/src/doc/document-setup.ts'
import { doorOf } from '../client/src/hub/hub-link.ts'
import { HubDouble } from './hub-double.ts'
import { MemoryDocuments } from './memory-documents.ts'
import { Wires } from './wires.ts'

// Documents over links that a test lays and cuts, beside a hub that it ends and starts.
const crypto = await chooseCrypto()
let hub: HubDouble
let wires: Wires
let open: Peer[]
let invite: DocumentInvite

beforeEach(async () => {
  hub = await new HubDouble().start()
  wires = new Wires()
  open = []
  invite = await writableInvite(crypto, globalThis.crypto.getRandomValues(new Uint8Array(16)), globalThis.crypto.getRandomValues(new Uint8Array(16)))
})
afterEach(async () => {
  await Promise.all(open.map(({ shared }) => shared.stop()))
  await hub.stop()
})

/** Ten times as fast: what members ask one another every 20 s, they ask every 2 s. */
const fast: Clock = {
  nowMs: () => Date.now() * 10,
  after(delayMs, call) {
    const timer = setTimeout(call, delayMs / 10)
    return () => clearTimeout(timer)
  },
}

const PATIENCE = { timeout: 80_000, interval: 20 }
const LIMIT = 200_000

class Peer {
  status: DocumentStatus | undefined
  id = ''
  private constructor(readonly shared: SharedDocument) {}

  static async open(as: DocumentInvite = invite): Promise<Peer> {
    let peer: Peer | undefined
    const socket = (url: string): WebSocket => new NodeSocket(url, 'roost.1') as unknown as WebSocket
    const setup = { invite: as, hubs: [doorOf(hub.url)], crypto, store: new MemoryDocuments(), socket, clock: fast, links: wires.load }
    const shared = new SharedDocument(setup, { status: (status) => peer && (peer.status = { ...status }), people: () => undefined })
    peer = new Peer(shared)
    open.push(peer)
    await shared.start()
    peer.id = hex((shared.link as unknown as { self: Bytes }).self)
    const { id } = peer
    await vi.waitFor(() => expect(wires.knows(id)).toBe(true), PATIENCE)
    return peer
  }

  get text(): string {
    return this.shared.text.toString()
  }

  write(words: string, at = this.text.length): void {
    this.shared.text.insert(at, words)
  }
}

const becomes = (peer: Peer, text: string): Promise<void> => vi.waitFor(() => expect(peer.text).toBe(text), PATIENCE)
const readOnly = (): Promise<DocumentInvite> => readDocumentInvite(crypto, `#${writeDocumentInvite(invite, true)}`) as Promise<DocumentInvite>
const linked = (...peers: Peer[]): Promise<void> => vi.waitFor(() => peers.forEach(({ status }) => expect(status!.linked).toBeGreaterThan(0)), PATIENCE)

async function link(...peers: Peer[]): Promise<void> {
  peers.forEach((a, i) => peers.slice(i + 1).forEach((b) => wires.lay(a.id, b.id)))
  await linked(...peers)
}

async function endHub(): Promise<number> {
  const port = hub.usedPort
  await hub.stop()
  await vi.waitFor(() => open.forEach(({ status }) => expect(status!.link).toBe('lost')), PATIENCE)
  return port
}

test('what is forged over a link is refused, and what is genuine goes on, without any hub', async () => {
  const [writer, reader] = [await Peer.open(), await Peer.open(await readOnly())]
  const other = await writableInvite(crypto, invite.secret16, new Uint8Array(16).fill(9))
  const forger = await Peer.open({ ...(await readOnly()), write: other.write })
  await link(writer, reader, forger)
  await endHub()
  forger.write('forged')
  await vi.waitFor(() => expect([writer.status!.refused > 0, reader.status!.refused > 0]).toEqual([true, true]), PATIENCE)
  const refused = reader.status!.refused
  for (const junk of [[], [0x11], [0x03], [0x06, 1, 2, 3], [0x0f, ...new Array(5_000).fill(7)]]) wires.carry(forger.id, reader.id, new Uint8Array(junk))
  await vi.waitFor(() => expect(reader.status!.refused).toBe(refused + 5), PATIENCE)
  writer.write('genuine')
  await becomes(reader, 'genuine')
  expect(writer.text).toBe('genuine')
})

test('nobody presents somebody else over a link', async () => {
  const [ada, bob, eve] = [await Peer.open(), await Peer.open(), await Peer.open(await readOnly())]
  await link(ada, bob, eve)
  const said: Bytes[] = []
  const carry = wires.carry.bind(wires)
  wires.carry = (from, to, payload) => (from === ada.id && payload[0] === 0x11 && said.push(payload), carry(from, to, payload))
  ada.shared.present('Ada', '#112233')
  await vi.waitFor(() => expect(bob.shared.people.map(({ name }) => name)).toEqual(['Ada']), PATIENCE)
  const { refused } = bob.status!
  wires.carry(eve.id, bob.id, said[0])
  await vi.waitFor(() => expect(bob.status!.refused).toBe(refused + 1), PATIENCE)
  wires.cut(ada.id, bob.id)
  expect(bob.shared.people.map(({ name }) => name)).toEqual(['Ada']) // still in the room, over the hub
})

test('who is linked stays without a hub, who is not goes; both ends of a cut link are gone for each other', async () => {
  const [ada, bob, cleo] = [await Peer.open(), await Peer.open(), await Peer.open()]
  for (const [peer, name] of [[ada, 'Ada'], [bob, 'Bob'], [cleo, 'Cleo']] as const) peer.shared.present(name, '#112233')
  const names = (peer: Peer): string[] => peer.shared.people.map(({ name }) => name).sort()
  await vi.waitFor(() => expect(names(ada)).toEqual(['Bob', 'Cleo']), PATIENCE)
  await link(ada, bob)
  const port = await endHub()
  await vi.waitFor(() => expect([names(ada), names(cleo)]).toEqual([['Bob'], []]), PATIENCE)
  wires.cut(ada.id, bob.id)
  await vi.waitFor(() => expect([names(ada), names(bob)]).toEqual([[], []]), PATIENCE)
  wires.lay(ada.id, bob.id)
  await vi.waitFor(() => expect([names(ada), names(bob)]).toEqual([['Bob'], ['Ada']]), PATIENCE)
  hub = await new HubDouble().start(port)
  await vi.waitFor(() => expect(names(cleo)).toEqual(['Ada', 'Bob']), PATIENCE)
}, LIMIT)

test('a large text fills a link and comes whole, with a hub and without', async () => {
  const [ada, bob] = [await Peer.open(), await Peer.open()]
  await link(ada, bob)
  ada.write('x'.repeat(3_000_000))
  await vi.waitFor(() => expect(bob.text.length).toBe(3_000_000), PATIENCE)
  await endHub()
  const before = wires.carried
  bob.write('y'.repeat(3_000_000))
  ada.write('end', 0)
  await vi.waitFor(() => expect([ada.text.length, bob.text.length]).toEqual([6_000_003, 6_000_003]), PATIENCE)
  expect(bob.text === ada.text).toBe(true)
  expect(wires.carried).toBeGreaterThan(before)
}, LIMIT)

/** mulberry32: the same faults for the same seed. */
function dice(seed: number): (sides: number) => number {
  return (sides) => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % sides
  }
}

test.each([1, 2, 3])('whatever links and hubs come and go, every word is there once for everybody (seed %i)', async (seed) => {
  const roll = dice(seed)
  wires = new Wires(() => roll(8))
  const peers = [await Peer.open(), await Peer.open(), await Peer.open(), await Peer.open()]
  const words: string[] = []
  let port = 0
  for (let step = 0; step < 150; step++) {
    const [a, b] = [roll(4), roll(3)]
    const [one, two] = [peers[a], peers[(a + 1 + b) % 4]]
    const what = roll(12)
    if (what < 7) {
      words.push(`w${step}`)
      one.write(` w${step}`, 0)
    } else if (what < 9) wires.lay(one.id, two.id)
    else if (what < 11) wires.cut(one.id, two.id)
    else if (port) {
      hub = await new HubDouble().start(port)
      port = 0
    } else {
      port = hub.usedPort
      await hub.stop()
    }
    if (roll(3) === 0) await new Promise((next) => setTimeout(next, roll(40)))
  }
  if (port) hub = await new HubDouble().start(port)
  const sorted = (peer: Peer): string[] => peer.text.split(' ').filter(Boolean).sort()
  words.sort()
  await vi.waitFor(() => peers.forEach((peer) => expect(sorted(peer)).toEqual(words)), PATIENCE)
  for (const { text, status } of peers) expect([text, status!.refused]).toEqual([peers[0].text, 0])
  expect(wires.carried).toBeGreaterThan(50)
}, LIMIT)
