import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WebSocket as NodeSocket } from 'ws'
import * as Y from 'yjs'
import { SharedDocument } from '../app/src/doc/shared-document.ts'
import { chooseCrypto } from '../client/src/crypto/choose.ts'
import { readDocumentInvite, writableInvite, writeDocumentInvite, type DocumentInvite } from '../client/src/doc/document-invite.ts'
import type { DocumentStatus } from '../client/src/doc/document-setup.ts'
import { writeCheckpoint } from '../client/src/doc/pieces.ts'
import { doorOf } from '../client/src/hub/hub-link.ts'
import type { Bytes } from '../client/src/codec/bytes.ts'
import { HubDouble } from './hub-double.ts'
import { MemoryDocuments } from './memory-documents.ts'

// The document of the page without its page: what it refuses, and what a checkpoint does.
const crypto = await chooseCrypto()
let hub: HubDouble
let open: { stop(): Promise<void> }[]
let invite: DocumentInvite

beforeEach(async () => {
  hub = await new HubDouble().start()
  open = []
  invite = await writableInvite(crypto, globalThis.crypto.getRandomValues(new Uint8Array(16)), globalThis.crypto.getRandomValues(new Uint8Array(16)))
})
afterEach(async () => {
  await Promise.all(open.map((document) => document.stop()))
  await hub.stop()
})

class Peer {
  status: DocumentStatus | undefined
  private constructor(readonly shared: SharedDocument, readonly store: MemoryDocuments) {}

  static async open(as: DocumentInvite = invite, limits = { entries: 500, bytes: 262_144, feeds: 64 }, store = new MemoryDocuments()): Promise<Peer> {
    let peer: Peer | undefined
    const socket = (url: string): WebSocket => new NodeSocket(url, 'roost.1') as unknown as WebSocket
    const shared = new SharedDocument({ invite: as, hubs: [doorOf(hub.url)], crypto, store, socket, limits }, { status: (status) => peer && (peer.status = { ...status }), people: () => undefined })
    peer = new Peer(shared, store)
    open.push(shared)
    await shared.start()
    await vi.waitFor(() => expect(peer.status?.link).toBe('open'), { timeout: 20_000 })
    return peer
  }

  get text(): string {
    return this.shared.text.toString()
  }

  /** Whoever has the write key may sign any nonsense. */
  say(kind: number, payload: Bytes): Promise<void> {
    return (this.shared.link as any).writer.write(kind, payload)
  }
}

const becomes = (peer: Peer, text: string): Promise<void> => vi.waitFor(() => expect(peer.text).toBe(text), { timeout: 20_000 })
const readOnly = (): Promise<DocumentInvite> => readDocumentInvite(crypto, `#${writeDocumentInvite(invite, true)}`) as Promise<DocumentInvite>

test('entries under another write key are refused by every member, and genuine ones go on', async () => {
  const [writer, reader] = [await Peer.open(), await Peer.open(await readOnly())]
  const other = await writableInvite(crypto, invite.secret16, new Uint8Array(16).fill(9))
  const forger = await Peer.open({ ...(await readOnly()), write: other.write })
  forger.shared.text.insert(0, 'forged')
  await vi.waitFor(() => expect([writer.status!.refused > 0, reader.status!.refused > 0]).toEqual([true, true]), { timeout: 20_000 })
  writer.shared.text.insert(0, 'genuine')
  await becomes(reader, 'genuine')
  expect(writer.text).toBe('genuine')
})

test('an update that no document can take is left out, and the rest goes on', async () => {
  const [writer, reader] = [await Peer.open(), await Peer.open(await readOnly())]
  await writer.say(5, new Uint8Array([9, 9, 9, 9, 9]))
  await writer.say(5, new Uint8Array([1, 255, 255, 255, 255, 15, 1, 0]))
  writer.shared.text.insert(0, 'fine')
  await becomes(reader, 'fine')
  expect(reader.status!.refused).toBe(2)
})

test('a checkpoint of a few bytes that stands for millions of structs is refused at once, and covers nothing', async () => {
  const [writer, reader] = [await Peer.open(), await Peer.open(await readOnly())]
  writer.shared.text.insert(0, 'fine')
  await becomes(reader, 'fine')
  const covered = (reader.shared.link as any).set.standing()
  // Version 2: columns of which only client, info (GC, a run without an end) and length hold anything; then 2^30 structs of one client.
  const update = new Uint8Array([0, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 128, 128, 128, 128, 4, 0, 0])
  await writer.say(3, writeCheckpoint({ covered, stateVector: new Uint8Array([0]), update }))
  await vi.waitFor(() => expect(reader.status!.refused).toBe(1), { timeout: 20_000 })
  writer.shared.text.insert(4, '!')
  await becomes(reader, 'fine!')
  expect(reader.shared.link.feeds).toBe(1)
})

test('a checkpoint makes older feeds dispensable, and a late joiner gets all from it', async () => {
  const few = { entries: 10, bytes: 262_144, feeds: 64 }
  const [writer, other] = [await Peer.open(invite, few), await Peer.open(invite, few)]
  other.shared.text.insert(0, 'first ')
  await becomes(writer, 'first ')
  for (let i = 0; i < 12; i++) {
    writer.shared.text.insert(writer.text.length, `${i} `)
    await becomes(other, writer.text)
  }
  await vi.waitFor(() => expect([writer.shared.link.feeds, other.shared.link.feeds]).toEqual([1, 1]), { timeout: 20_000 })
  await vi.waitFor(() => expect([writer.store.feeds.size, other.store.feeds.size]).toEqual([1, 1]), { timeout: 20_000 })
  const { text } = writer
  await writer.shared.stop()
  const late = await Peer.open(await readOnly())
  await becomes(late, text)
  expect(late.shared.link.feeds).toBe(1)
  // Who was there before the checkpoint goes on in a feed of its own.
  other.shared.text.insert(0, 'on ')
  await becomes(late, `on ${text}`)
})

test('a large document is not said again for a few words', async () => {
  const few = { entries: 10, bytes: 262_144, feeds: 64 }
  const [writer, other] = [await Peer.open(invite, few), await Peer.open(invite, few)]
  writer.shared.text.insert(0, 'x'.repeat(20_000))
  for (let i = 0; i < 26; i++) {
    writer.shared.text.insert(writer.text.length, 'word ')
    await becomes(other, writer.text)
  }
  // One checkpoint at the tenth change; the sixteen behind it weigh less than it.
  expect((writer.shared.link as any).set.loose.entries).toBeGreaterThan(10)
  expect(other.store.feeds.size).toBe(1)
})

test('nobody speaks for somebody else: a client id belongs to the peer that named it first', async () => {
  const [ada, bob, eve] = [await Peer.open(), await Peer.open(), await Peer.open(await readOnly())]
  ada.shared.present('Ada', '#112233')
  await vi.waitFor(() => expect(bob.shared.people.map(({ name }) => name)).toEqual(['Ada']), { timeout: 20_000 })
  ;(eve.shared.doc as any).clientID = ada.shared.doc.clientID
  ;(eve.shared.awareness as any).clientID = ada.shared.doc.clientID
  for (let i = 0; i < 5; i++) eve.shared.present('Eve', '#445566')
  bob.shared.present('Bob', '#778899')
  await vi.waitFor(() => expect(eve.shared.people.some(({ name }) => name === 'Bob')).toBe(true), { timeout: 20_000 })
  expect(bob.shared.people.map(({ name }) => name)).toEqual(['Ada'])
})

test('a second visit with the same store has another client id, and the words of the first', async () => {
  const store = new MemoryDocuments()
  const first = await Peer.open(invite, undefined, store)
  first.shared.text.insert(0, 'one ')
  const firstId = first.shared.doc.clientID
  await first.shared.stop()
  const second = await Peer.open(invite, undefined, store)
  expect(second.text).toBe('one ')
  expect(second.shared.doc.clientID).not.toBe(firstId)
  second.shared.text.insert(4, 'two')
  await vi.waitFor(() => expect(store.feeds.size).toBe(2), { timeout: 20_000 })
  expect(Y.encodeStateVector(second.shared.doc).length).toBeGreaterThan(10)
})
