import { describe, expect, test } from 'vitest'
import { hex, utf8 } from '../src/codec/bytes.ts'
import { chooseCrypto } from '../src/crypto/choose.ts'
import { FeedHost, newEpoch } from '../src/feeds/feed-host.ts'
import { readFeedFrame, writeFeedFrame } from '../src/feeds/feed-frames.ts'
import { owner16 } from '../src/identity/peer-id.ts'
import { deriveRoom, feedKey } from '../src/rooms/room-keys.ts'
import { entryAad, entryNonce } from '../src/feeds/chain.ts'
import { bytes, vectors } from './vectors.ts'

const shared = vectors('feeds')
const crypto = await chooseCrypto()
const author = await crypto.ed25519.fromSeed(bytes(shared.seed))
const room = await deriveRoom(crypto, { secret16: bytes(shared.secret), owner16: owner16(author.publicKey) })

describe('the shared vectors', () => {
  test('a log written here is theirs byte for byte: LIVE, HEAD, PACK', async () => {
    expect(hex(room.room16)).toBe(shared.room)
    const host = await FeedHost.create(crypto, room, author, bytes(shared.epoch))
    expect(hex(host.log.feed8)).toBe(shared.feed8)
    for (const entry of shared.entries) expect(hex(await host.append(entry.kind, utf8(entry.body)))).toBe(entry.live)
    expect(host.answer(bytes(shared.want)).map(hex)).toEqual(shared.answer)
  })

  test('their entries open here', async () => {
    const key = feedKey(room.prk, room.room16, author.publicKey, bytes(shared.epoch))
    expect(hex(key)).toBe(shared.sealKey)
    const sealer = await crypto.sealer(key)
    for (const { n, kind, body, sealed } of shared.entries) {
      expect(await sealer.open(entryNonce(n), bytes(sealed), entryAad(kind))).toEqual(utf8(body))
    }
  })

  test('every frame reads and writes back to the same bytes', () => {
    const frames = [...shared.entries.map((entry: { live: string }) => entry.live), shared.want, ...shared.answer, shared.ack]
    for (const frame of frames) expect(hex(writeFeedFrame(readFeedFrame(bytes(frame))!))).toBe(frame)
  })

  test('a cut or lengthened frame is refused or is another valid frame, and never throws', () => {
    for (const frame of [shared.want, ...shared.answer, shared.ack, shared.entries[0].live]) {
      for (let length = 0; length < frame.length; length += 2) {
        const read = readFeedFrame(bytes(frame.slice(0, length)))
        if (read) expect(hex(writeFeedFrame(read))).toBe(frame.slice(0, length))
      }
      if (frame !== shared.entries[0].live) expect(readFeedFrame(bytes(frame + '01'))).toBeUndefined()
    }
  })
})

test('an epoch is the time and ten random bytes', () => {
  expect(hex(newEpoch(0x01934cf00000, bytes('112233445566778899aa')))).toBe(shared.epoch)
})
