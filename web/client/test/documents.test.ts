import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { equal, fromHex, hex } from '../src/codec/bytes.ts'
import { chooseCrypto } from '../src/crypto/choose.ts'
import { readDocumentInvite, writableInvite, writeDocumentInvite } from '../src/doc/document-invite.ts'
import { cutPieces, Pieces, readCheckpoint, writeCheckpoint } from '../src/doc/pieces.ts'
import { PresenceSeal } from '../src/doc/presence-seal.ts'
import { readRoll, writeRoll } from '../src/doc/roll-frames.ts'
import { readInvite } from '../src/rooms/invite.ts'
import { deriveRoom } from '../src/rooms/room-keys.ts'
import { carry, difference } from '../../app/src/doc/text-binding.ts'

const crypto = await chooseCrypto()
const { documents } = JSON.parse(readFileSync(new URL('../../../tests/vectors/documents.json', import.meta.url), 'utf8'))

test.each(documents as Record<string, string>[])('links, keys and presence are those of the vectors ($room)', async (vector) => {
  const invite = await writableInvite(crypto, fromHex(vector.secret)!, fromHex(vector.writeSeed)!)
  expect(hex(invite.write!.publicKey)).toBe(vector.writePublic)
  expect(`http://h:1/#${writeDocumentInvite(invite)}`).toBe(vector.link)
  expect(`http://h:1/#${writeDocumentInvite(invite, true)}`).toBe(vector.readOnlyLink)
  const room = await deriveRoom(crypto, invite)
  expect(hex(room.room16)).toBe(vector.room)
  const seal = new PresenceSeal(crypto, room.prk)
  expect(hex((await seal.open(fromHex(vector.peer)!, fromHex(vector.sealedPresence)!))!)).toBe(vector.presence)
  expect(await seal.open(new Uint8Array(20).fill(0xee), fromHex(vector.sealedPresence)!)).toBeUndefined()
  const [write, read] = [await readDocumentInvite(crypto, vector.link), await readDocumentInvite(crypto, vector.readOnlyLink)]
  if (typeof write === 'string' || typeof read === 'string') throw new Error('a vector that is no link')
  expect(hex(read.owner16)).toBe(hex(write.owner16))
  expect(read.write).toBeUndefined()
  expect(readInvite(vector.link)).toBe('newer') // a page that knows no documents says so
})

describe('pieces', () => {
  test('what is cut is joined again, whatever its size', () => {
    for (const size of [0, 1, 59_992, 59_993, 200_000]) {
      const payload = Uint8Array.from({ length: size }, (_, i) => i % 251)
      const pieces = new Pieces()
      const joined = cutPieces(payload).map((body) => pieces.add(5, body))
      expect(joined.slice(0, -1).every((part) => part === undefined)).toBe(true)
      expect(equal(joined[joined.length - 1]!, payload)).toBe(true)
    }
  })

  test('pieces that do not fit together give nothing', () => {
    const [first, second] = cutPieces(new Uint8Array(70_000))
    const pieces = new Pieces()
    expect(pieces.add(5, first)).toBeUndefined()
    expect(pieces.add(3, new Uint8Array([1, 7]))).toBeUndefined()
    expect(pieces.add(5, second)!.length).toBeLessThan(70_000)
    expect(pieces.add(5, new Uint8Array(0))).toBeUndefined()
  })

  test('a checkpoint and a roll are read as they were written, and cut ones are not', () => {
    const line = { epoch16: new Uint8Array(16).fill(1), n: 300, chain32: new Uint8Array(32), sig64: new Uint8Array(64) }
    const roll = writeRoll({ author32: new Uint8Array(32).fill(2), answer: true, lines: [line, line] })
    expect(readRoll(roll)).toEqual({ author32: new Uint8Array(32).fill(2), answer: true, lines: [line, line] })
    expect(readRoll(roll.slice(0, -1))).toBeUndefined()
    const checkpoint = { covered: [{ epoch16: line.epoch16, n: 9 }], stateVector: new Uint8Array([1, 2, 3]), update: new Uint8Array([4, 5]) }
    expect(readCheckpoint(writeCheckpoint(checkpoint))).toEqual(checkpoint)
    expect(readCheckpoint(new Uint8Array([200, 1]))).toBeUndefined()
  })
})

describe('the field', () => {
  test.each([
    ['', 'a', 1],
    ['aa', 'aaa', 1],
    ['aaa', 'aa', 1],
    ['one two', 'one 2 two', 5],
    ['x😀y', 'x😁y', 3],
    ['same', 'same', 2],
    ['abc', '', 0],
  ])('a change is found and makes the one text of the other: %j to %j', (before, after, cursor) => {
    const change = difference(before, after, cursor)
    const made = change ? before.slice(0, change.from) + change.added + before.slice(change.from + change.removed) : before
    expect(made).toBe(after)
    for (const at of change ? [change.from, change.from + change.removed] : []) expect(/[\ud800-\udbff]$/.test(before.slice(0, at))).toBe(false)
  })

  test('of equal letters the one at the cursor counts', () => {
    expect(difference('aaaa', 'aaaaa', 2)).toEqual({ from: 1, removed: 0, added: 'a' })
  })

  test('a position goes with its letters', () => {
    expect(carry(3, [{ insert: '>>' }])).toBe(5)
    expect(carry(3, [{ retain: 3 }, { insert: 'x' }])).toBe(3)
    expect(carry(3, [{ retain: 1 }, { delete: 5 }])).toBe(1)
    expect(carry(3, [{ retain: 5 }, { insert: 'x' }])).toBe(3)
  })
})
