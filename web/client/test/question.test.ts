import { expect, test } from 'vitest'
import { chooseCrypto } from '../src/crypto/choose.ts'
import { openQuestion, sealQuestion } from '../src/ask/question.ts'
import { hex } from '../src/codec/bytes.ts'
import { deriveRoom } from '../src/rooms/room-keys.ts'
import { bytes, vectors } from './vectors.ts'

const crypto = await chooseCrypto()

test.each(vectors('questions').questions as Record<string, string>[])('$text is sealed and opened as in the vectors', async (v) => {
  const room = await deriveRoom(crypto, { secret16: bytes(v.secret), owner16: bytes(v.owner) })
  const route = { prk: room.prk, room16: room.room16, from20: bytes(v.from), to20: bytes(v.to) }
  expect(hex(await sealQuestion(crypto, route, v.text, bytes(v.nonce)))).toBe(v.payload)
  expect(await openQuestion(crypto, route, bytes(v.payload))).toBe(v.text)
})

test('a question does not open for another sender, host, room, or with a changed bit', async () => {
  const [v] = vectors('questions').questions as Record<string, string>[]
  const room = await deriveRoom(crypto, { secret16: bytes(v.secret), owner16: bytes(v.owner) })
  const route = { prk: room.prk, room16: room.room16, from20: bytes(v.from), to20: bytes(v.to) }
  const payload = bytes(v.payload)
  expect(await openQuestion(crypto, { ...route, from20: bytes(v.to) }, payload)).toBeUndefined()
  expect(await openQuestion(crypto, { ...route, to20: bytes(v.from) }, payload)).toBeUndefined()
  expect(await openQuestion(crypto, { ...route, room16: bytes(v.secret) }, payload)).toBeUndefined()
  for (let i = 0; i < payload.length; i++) {
    const changed = payload.slice()
    changed[i] ^= 1
    expect(await openQuestion(crypto, route, changed)).toBeUndefined()
    expect(await openQuestion(crypto, route, payload.slice(0, i))).toBeUndefined()
  }
})

test('an empty question and one that is too long are refused before they are sealed', async () => {
  const [v] = vectors('questions').questions as Record<string, string>[]
  const room = await deriveRoom(crypto, { secret16: bytes(v.secret), owner16: bytes(v.owner) })
  const route = { prk: room.prk, room16: room.room16, from20: bytes(v.from), to20: bytes(v.to) }
  await expect(sealQuestion(crypto, route, '', bytes(v.nonce))).rejects.toThrow('4,000')
  await expect(sealQuestion(crypto, route, 'x'.repeat(4_001), bytes(v.nonce))).rejects.toThrow('4,000')
})
