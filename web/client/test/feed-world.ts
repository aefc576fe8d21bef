import { equal, utf8, type Bytes } from '../src/codec/bytes.ts'
import { chooseCrypto } from '../src/crypto/choose.ts'
import type { Signer } from '../src/crypto/provider.ts'
import { FeedHost, newEpoch } from '../src/feeds/feed-host.ts'
import { readFeedFrame, type FeedFrame } from '../src/feeds/feed-frames.ts'
import { FeedReader, type FeedEffect } from '../src/feeds/feed-reader.ts'
import { EntryOpener } from '../src/feeds/entry-opener.ts'
import { owner16 } from '../src/identity/peer-id.ts'
import { verify } from '../src/identity/strict.ts'
import { deriveRoom, type RoomKeys } from '../src/rooms/room-keys.ts'

export const crypto = await chooseCrypto()

/** A host, a reader and a road between them that a test may cut, bend or poison. Time moves only when told. */
export class FeedWorld {
  nowMs = 1_000_000
  text = ''
  faults: string[] = []
  feeds = 0
  caughtUp = 0
  asked: (FeedFrame & { type: 'want' })[] = []
  acks: number[] = []
  checks = 0
  reader: FeedReader
  /** What happens to a frame on its way to the reader. */
  road: (frame: Bytes) => Bytes[] = (frame) => [frame]
  private opener: EntryOpener
  private todo: Promise<void>[] = []

  private constructor(
    readonly author: Signer,
    readonly room: RoomKeys,
    public host: FeedHost,
  ) {
    this.reader = new FeedReader(room.room16, (author32) => equal(owner16(author32), room.owner16))
    this.opener = new EntryOpener(crypto, room.prk)
  }

  static async create(): Promise<FeedWorld> {
    const author = await crypto.ed25519.generate()
    const room = await deriveRoom(crypto, { secret16: new Uint8Array(16).fill(7), owner16: owner16(author.publicKey) })
    return new FeedWorld(author, room, await FeedWorld.newLog(room, author, 1))
  }

  static newLog(room: RoomKeys, author: Signer, epochMs: number): Promise<FeedHost> {
    return FeedHost.create(crypto, room, author, newEpoch(epochMs, new Uint8Array(10)))
  }

  /** The host writes; the reader hears it live unless told otherwise. */
  async write(text: string, live = true, kind = 1): Promise<Bytes> {
    const frame = await this.host.append(kind, utf8(text))
    if (live) await this.deliver(frame)
    return frame
  }

  async deliver(...frames: Bytes[]): Promise<void> {
    for (const frame of frames) for (const bytes of this.road(frame)) this.reader.handle({ type: 'frame', bytes }, this.nowMs)
    await this.settle()
  }

  async join(): Promise<void> {
    this.reader.handle({ type: 'source', here: true }, this.nowMs)
    await this.settle()
  }

  async pass(ms: number): Promise<void> {
    for (const until = this.nowMs + ms; this.nowMs < until; ) {
      const wake = this.reader.nextWake
      this.nowMs = Math.min(until, Math.max(this.nowMs, wake ? wake.atMs : until))
      this.reader.tick(this.nowMs)
      await this.settle()
      if (!wake || wake.atMs > until) this.nowMs = until
    }
  }

  async settle(): Promise<void> {
    for (;;) {
      for (let effect = this.reader.take(); effect; effect = this.reader.take()) this.perform(effect)
      const todo = this.todo.shift()
      if (!todo) return
      await todo
    }
  }

  private perform(effect: FeedEffect): void {
    if (effect.type === 'check') {
      this.checks++
      const checked = verify(crypto.ed25519, effect.key, effect.message, effect.sig64)
      this.todo.push(checked.then((ok) => this.reader.handle({ type: 'checked', ticket: effect.ticket, ok }, this.nowMs)))
    } else if (effect.type === 'send') this.toHost(effect.payload)
    else if (effect.type === 'feed') this.feeds++
    else if (effect.type === 'caught-up') this.caughtUp++
    else if (effect.type === 'fault') this.faults.push(effect.fault)
    else {
      this.todo.push(
        new Promise((done) =>
          this.opener.open(effect.name, effect.entries, (entries) => {
            for (const { kind, body } of entries) if (kind === 1) this.text += new TextDecoder().decode(body)
            done()
          }),
        ),
      )
    }
  }

  private toHost(payload: Bytes): void {
    const frame = readFeedFrame(payload)!
    if (frame.type === 'ack') this.acks.push(frame.n)
    if (frame.type === 'want') this.asked.push(frame)
    for (const answer of this.host.answer(payload)) {
      for (const bytes of this.road(answer)) this.reader.handle({ type: 'frame', bytes }, this.nowMs)
    }
  }
}
