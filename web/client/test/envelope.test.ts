import { beforeEach, describe, expect, test } from 'vitest'
import { hex, utf8, type Bytes } from '../src/codec/bytes.ts'
import { chooseCrypto } from '../src/crypto/choose.ts'
import { peerId20 } from '../src/identity/peer-id.ts'
import { deriveRoom, openRoom } from '../src/rooms/room-keys.ts'
import { readSignal } from '../src/p2p/signals.ts'
import { EnvelopeDesk } from '../src/signaling/envelope.ts'
import { bytes, vectors } from './vectors.ts'

const crypto = await chooseCrypto()
const room = await deriveRoom(crypto, openRoom('', 'room'))
const [alice, bob, mallory] = await Promise.all([1, 2, 3].map((n) => crypto.ed25519.fromSeed(new Uint8Array(32).fill(n))))
const session = (n: number) => new Uint8Array(16).fill(n)
const id = (who: typeof alice) => peerId20(who.publicKey)
const text = (letter: { payload: Uint8Array } | undefined) => letter && new TextDecoder().decode(letter.payload)

let from: EnvelopeDesk
let to: EnvelopeDesk

beforeEach(() => {
  from = new EnvelopeDesk(crypto, alice, room, session(1))
  to = new EnvelopeDesk(crypto, bob, room, session(2))
})

const seal = (words = 'offer') => from.seal(id(bob), session(2), utf8(words))

test('a letter opens for whom it was sealed, once', async () => {
  const sealed = await seal()
  expect(text(await to.open(id(alice), sealed))).toBe('offer')
  expect(await to.open(id(alice), sealed)).toBeUndefined()
  expect(to.refused).toBe(1)
})

test('letters of one session must rise', async () => {
  const [one, two] = [await seal('one'), await seal('two')]
  expect(text(await to.open(id(alice), two))).toBe('two')
  expect(await to.open(id(alice), one)).toBeUndefined()
})

test('every changed byte is refused', async () => {
  const sealed = await seal()
  for (let at = 0; at < sealed.length; at++) {
    const changed = sealed.slice()
    changed[at] ^= 1
    expect(await to.open(id(alice), changed), String(at)).toBeUndefined()
  }
  for (let length = 0; length < sealed.length; length++) expect(await to.open(id(alice), sealed.slice(0, length))).toBeUndefined()
})

test('another source, another receiver, another session, another room: refused', async () => {
  const sealed = await seal()
  expect(await to.open(id(mallory), sealed)).toBeUndefined()
  expect(await new EnvelopeDesk(crypto, mallory, room, session(2)).open(id(alice), sealed)).toBeUndefined()
  expect(await new EnvelopeDesk(crypto, bob, room, session(3)).open(id(alice), sealed)).toBeUndefined()
  const elsewhere = await deriveRoom(crypto, openRoom('', 'elsewhere'))
  expect(await new EnvelopeDesk(crypto, bob, elsewhere, session(2)).open(id(alice), sealed)).toBeUndefined()
})

test('a member who knows the room cannot speak for another', async () => {
  // Mallory seals with the room's keys as if from alice, but can only sign as himself.
  const forger = new EnvelopeDesk(crypto, { ...mallory, publicKey: alice.publicKey }, room, session(9))
  const forged = await forger.seal(id(bob), session(2), utf8('mine'))
  expect(await to.open(id(alice), forged)).toBeUndefined()
})

describe('the vectors that both languages share', () => {
  const shared = vectors('signaling')
  const keys = deriveRoom(crypto, { secret16: bytes(shared.secret), owner16: bytes(shared.owner) })
  const desk = async (who: { seed: string; session: string }) => new EnvelopeDesk(crypto, await crypto.ed25519.fromSeed(bytes(who.seed)), await keys, bytes(who.session))

  test('letters are made byte for byte, and open', async () => {
    const [from, to] = [await desk(shared.from), await desk(shared.to)]
    for (const { payload, envelope } of shared.letters) {
      expect(hex(await from.seal(bytes(shared.to.peerId), bytes(shared.to.session), bytes(payload)))).toBe(envelope)
      expect(hex((await to.open(bytes(shared.from.peerId), bytes(envelope)))!.payload)).toBe(payload)
    }
  })

  test('letters that break a rule are refused', async () => {
    const to = await desk(shared.to)
    for (const { why, from, envelope } of shared.refused) expect(await to.open(bytes(from), bytes(envelope)), why).toBeUndefined()
    expect(to.refused).toBe(shared.refused.length)
  })

  test('signals are read, and what is none is not', () => {
    const texts = shared.letters.map(({ payload }: any) => bytes(payload)).filter((payload: Bytes) => payload[0] === 0).map((payload: Bytes) => new TextDecoder().decode(payload.slice(1)))
    expect(texts.map((text: string) => readSignal(text)!.type)).toEqual(['offer', 'answer', 'ice-candidate', 'ice-candidate', 'bye'])
    for (const json of shared.unreadable) expect(readSignal(json), json).toBeUndefined()
  })
})
