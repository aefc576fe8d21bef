import { expect, test } from 'vitest'
import { concat, fromBase64Url, hex, toBase64Url } from '../src/codec/bytes.ts'
import { chooseCrypto } from '../src/crypto/choose.ts'
import { joinMessage } from '../src/door/peer-frames.ts'
import { readInvite, writeInvite, type Invite } from '../src/rooms/invite.ts'
import { deriveRoom, openRoom } from '../src/rooms/room-keys.ts'
import { bytes, vectors } from './vectors.ts'

const shared = vectors('rooms')
const crypto = await chooseCrypto()

test('rooms, links and join signatures are those of the shared vectors', async () => {
  for (const one of shared.rooms) {
    const invite = { secret16: bytes(one.secret), owner16: bytes(one.owner) }
    const room = await deriveRoom(crypto, invite)
    expect(hex(room.join.publicKey)).toBe(one.joinPublic)
    expect(hex(room.room16)).toBe(one.room)
    expect(one.link.endsWith(`/#${writeInvite(invite)}`)).toBe(true)
    expect(readInvite(one.link)).toEqual(invite)
    const message = joinMessage(bytes(one.hubNonce), bytes(one.peerId), room.room16, bytes(one.session))
    expect(hex(await room.join.sign(message))).toBe(one.joinSignature)
  }
})

test('open rooms are those of the shared vectors', async () => {
  for (const one of shared.open) {
    const invite = openRoom(one.network, one.name)
    expect(hex(invite.secret16)).toBe(one.secret)
    expect(hex((await deriveRoom(crypto, invite)).room16)).toBe(one.room)
  }
})

test('a damaged link is told from one that needs a newer version', () => {
  const code = writeInvite({ secret16: bytes('000102030405060708090a0b0c0d0e0f'), owner16: new Uint8Array(16) })
  const raw = fromBase64Url(code)!
  const changed = (at: number, value: number): string => toBase64Url(concat(raw.slice(0, at), [value], raw.slice(at + 1)))
  expect((readInvite(`#${code}`) as Invite).secret16).toHaveLength(16)
  for (const damaged of ['', '#', code.slice(0, -1), code + 'A', code.slice(0, 20) + '*' + code.slice(21), code.slice(0, -4), code.slice(0, -1) + 'B']) {
    expect(readInvite(damaged), damaged).toBe('damaged')
  }
  expect(readInvite(changed(0, 2))).toBe('newer')
  expect(readInvite(changed(1, 1))).toBe('newer')
})
