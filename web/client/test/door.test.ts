import { expect, test } from 'vitest'
import { hex, utf8, type Bytes } from '../src/codec/bytes.ts'
import { chooseCrypto } from '../src/crypto/choose.ts'
import { readHubFrame } from '../src/door/door-frames.ts'
import { authMessage, joinMessage, TELL_HOSTS_ONLY, welcomeMessage, writeAuth, writeCast, writeJoin, writeLeave, writePing, writePong, writeSend, writeSignal } from '../src/door/peer-frames.ts'
import { verify } from '../src/identity/strict.ts'
import { bytes, vectors } from './vectors.ts'

const shared = vectors('door')
const crypto = await chooseCrypto()
const hub = await crypto.ed25519.fromSeed(bytes(shared.hubSeed))
const peer = await crypto.ed25519.fromSeed(bytes(shared.peerSeed))
const told = {
  hubPub32: hub.publicKey,
  hubNonce32: bytes(shared.hubNonce),
  peerPub32: peer.publicKey,
  peerNonce32: bytes(shared.peerNonce),
  network: shared.network,
  authority: shared.authority,
}
const [self20, other20, room16, session16, payload] = [shared.self, shared.other, shared.room, shared.session, shared.payload].map(bytes) as [Bytes, Bytes, Bytes, Bytes, Bytes]

test('what both sides sign is that of the shared vectors', () => {
  expect(hex(authMessage(told))).toBe(shared.authMessage)
  expect(hex(welcomeMessage(told, utf8(shared.welcomeJson)))).toBe(shared.welcomeMessage)
  expect(hex(joinMessage(told.hubNonce32, self20, room16, session16))).toBe(shared.joinMessage)
})

test('a peer writes the frames of the shared vectors', async () => {
  const join = { room16, owner16: bytes(shared.owner), joinPub32: bytes(shared.joinPublic), session16, flags: TELL_HOSTS_ONLY }
  const written = {
    auth: writeAuth(told, await peer.sign(authMessage(told))),
    join: writeJoin(join, bytes(shared.peer.join.slice(-128))),
    leave: writeLeave(room16),
    signal: writeSignal(other20, payload),
    cast: writeCast(room16, payload),
    send: writeSend(room16, other20, payload),
    ping: writePing(payload),
    pong: writePong(payload),
  }
  for (const [name, frame] of Object.entries(written)) expect(hex(frame), name).toBe(shared.peer[name])
  expect(Object.keys(shared.peer)).toEqual(Object.keys(written))
})

test('a peer reads the frames of the shared vectors, and no shorter ones', async () => {
  const read = (name: string) => readHubFrame(bytes(shared.hub[name]))
  const host = { peer20: self20, session16, role: 1 }
  expect(read('hello')).toEqual({ type: 'hello', hubPub32: hub.publicKey, hubNonce32: told.hubNonce32 })
  expect(read('members')).toEqual({ type: 'members', room16, more: true, members: [host, { peer20: other20, session16: new Uint8Array(16), role: 0 }] })
  expect(read('joined')).toEqual({ type: 'joined', room16, member: host })
  expect(read('left')).toEqual({ type: 'left', room16, peer20: self20, reason: 1 })
  expect(read('signal')).toEqual({ type: 'signal', src20: other20, dst20: self20, payload })
  expect(read('cast')).toEqual({ type: 'cast', src20: other20, room16, payload })
  expect(read('send')).toEqual({ type: 'send', src20: other20, room16, dst20: self20, payload })
  expect(read('gap')).toEqual({ type: 'gap', room16, src20: other20, dropped: 0x01020304 })
  expect(read('ping')).toEqual({ type: 'ping', body: payload })
  expect(read('pong')).toEqual({ type: 'pong', body: payload })
  expect(read('error')).toEqual({ type: 'error', code: 9, re: 0xffffffff, text: 'zu schnell' })
  const welcome = read('welcome')
  if (welcome?.type !== 'welcome') throw new Error('no WELCOME')
  expect(await verify(crypto.ed25519, hub.publicKey, bytes(shared.welcomeMessage), welcome.sig64)).toBe(true)
  for (const name of ['hello', 'members', 'joined', 'left', 'gap']) expect(readHubFrame(bytes(shared.hub[name].slice(0, -2))), name).toBeUndefined()
})
