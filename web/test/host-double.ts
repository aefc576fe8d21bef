import { WebSocket as Socket } from 'ws'
import { utf8, type Bytes } from '../client/src/codec/bytes.ts'
import { chooseCrypto } from '../client/src/crypto/choose.ts'
import type { Signer } from '../client/src/crypto/provider.ts'
import { writeCast, writeSend } from '../client/src/door/peer-frames.ts'
import { FeedHost, newEpoch } from '../client/src/feeds/feed-host.ts'
import { KIND, readFeedFrame } from '../client/src/feeds/feed-frames.ts'
import { checkWelcome } from '../client/src/hub/check-welcome.ts'
import { doorOf, HubLink } from '../client/src/hub/hub-link.ts'
import { owner16 } from '../client/src/identity/peer-id.ts'
import { writeInvite, type Invite } from '../client/src/rooms/invite.ts'
import { deriveRoom, type RoomKeys } from '../client/src/rooms/room-keys.ts'

const crypto32 = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length))

/** What `roost stream` is to a viewer: a host with a feed, on a hub. */
export class HostDouble {
  acked = 0
  private link: HubLink | undefined

  private constructor(
    readonly invite: Invite,
    readonly author: Signer,
    readonly room: RoomKeys,
    public feed: FeedHost,
  ) {}

  static async create(meta: Record<string, unknown> = {}): Promise<HostDouble> {
    const provider = await chooseCrypto()
    const author = await provider.ed25519.generate()
    const invite = { secret16: crypto32(16), owner16: owner16(author.publicKey) }
    const room = await deriveRoom(provider, invite)
    const feed = await FeedHost.create(provider, room, author, newEpoch(Date.now(), crypto32(10)))
    const host = new HostDouble(invite, author, room, feed)
    await host.write(KIND.meta, JSON.stringify({ v: 1, title: 'build log', format: 'ansi', t: Date.now(), ...meta }))
    return host
  }

  /** A host that lost its disk: a new epoch. */
  async startAnew(): Promise<void> {
    await this.rewrite(newEpoch(Date.now() + 1, crypto32(10)))
  }

  /** What an honest host never does: another history in the same epoch. */
  async fork(): Promise<void> {
    await this.rewrite(this.feed.log.name.epoch16)
  }

  private async rewrite(epoch16: Bytes): Promise<void> {
    this.feed = await FeedHost.create(await chooseCrypto(), this.room, this.author, epoch16)
    await this.write(KIND.meta, JSON.stringify({ v: 1, title: 'second log', format: 'ansi', t: 0 }))
  }

  linkAt(origin: string): string {
    return `${origin}/#${writeInvite(this.invite)}`
  }

  /** Resolves when the hub has let the host into its room. */
  async connect(origin: string): Promise<void> {
    const provider = await chooseCrypto()
    await new Promise<void>((joined) => {
      this.link = new HubLink({ urls: [doorOf(origin)], crypto: provider, identity: this.author, checkWelcome, socket: (url) => new Socket(url, 'roost.1') as unknown as WebSocket }, (news) => {
        if (news.type !== 'frame') return
        const { frame } = news
        if (frame.type === 'members') joined()
        if (frame.type === 'send' || frame.type === 'cast') this.hear(frame.src20, frame.payload)
      })
      this.link.join({ room16: this.room.room16, owner16: this.room.owner16, joinPub32: this.room.join.publicKey, session16: crypto32(16), flags: 0 }, this.room.join)
      this.link.start()
    })
  }

  async write(kind: number, body: string | Bytes): Promise<void> {
    const live = await this.feed.append(kind, typeof body === 'string' ? utf8(body) : body)
    this.link?.transmit(writeCast(this.room.room16, live))
  }

  text(body: string | Bytes): Promise<void> {
    return this.write(KIND.text, body)
  }

  end(exit: number | null, reason = 'eof'): Promise<void> {
    return this.write(KIND.end, JSON.stringify({ exit, reason }))
  }

  disconnect(): void {
    this.link?.stop()
    this.link = undefined
  }

  private hear(src20: Bytes, payload: Bytes): void {
    const frame = readFeedFrame(payload)
    if (frame?.type === 'ack') this.acked = Math.max(this.acked, frame.n)
    for (const answer of this.feed.answer(payload)) this.link?.transmit(writeSend(this.room.room16, src20, answer))
  }
}
