import { utf8, type Bytes } from '../codec/bytes.ts'
import { CoreDriver, realClock, type Clock } from '../cores/core-driver.ts'
import type { Crypto } from '../crypto/provider.ts'
import { writeCast, writeSend } from '../door/peer-frames.ts'
import { openQuestion } from '../ask/question.ts'
import { LazyLinks, type LoadLinks } from '../direct/lazy-links.ts'
import type { LinksNews } from '../direct/links-news.ts'
import { KIND } from '../feeds/feed-frames.ts'
import { checkWelcome } from '../hub/check-welcome.ts'
import { HubLink, type LinkNews } from '../hub/hub-link.ts'
import { owner16, peerId20 } from '../identity/peer-id.ts'
import { writeInvite } from '../rooms/invite.ts'
import { deriveRoom, type RoomKeys } from '../rooms/room-keys.ts'
import { HostCore, type HostEffect, type HostInput, type HostStatus } from './host-core.ts'
import type { HostedSession, HostStore, StoreFault } from './host-store.ts'
import { StoredFeed } from './stored-feed.ts'
import { TextBatch } from './text-batch.ts'

export interface TextHostListener {
  status(status: HostStatus): void
  question(text: string): void
  /** Nothing more can be shared from here. */
  fault(fault: StoreFault): void
}

/** Text waits this long for more of it, so that a token is not an entry. */
const GATHER_MS = 40
/** Entries of one write to the disk. */
const MAX_WRITE = 64
/** Frames are not handed to a socket that has this much to send yet; readers ask for what they miss. */
const MAX_QUEUED_BYTES = 4_194_304
/** Viewers that are linked with directly at once: as many as a terminal host takes. The others read over the hub. */
const MAX_DIRECT = 32

/** Hosts a text session in a page. It writes to the disk first and to the hub second, and goes on after a reload. */
export class TextHost {
  private readonly batch = new TextBatch()
  private readonly driver: CoreDriver<HostInput, HostEffect>
  private readonly link: HubLink
  private readonly links: LazyLinks
  private cancelFlush: (() => void) | undefined
  private writing: Promise<void> = Promise.resolve()
  private isWriting = false
  private broken = false

  private constructor(
    readonly invite: string,
    private readonly crypto: Crypto,
    private readonly room: RoomKeys,
    private readonly feed: StoredFeed,
    private readonly peer20: Bytes,
    private readonly listener: TextHostListener,
    private readonly clock: Clock,
    makeLinks: (hear: (news: LinkNews) => void, hearDirect: (news: LinksNews) => void) => { link: HubLink; links: LazyLinks },
  ) {
    this.driver = new CoreDriver(new HostCore(room.room16, feed.log.feed8), (effect) => this.perform(effect), clock)
    const hear = (news: LinkNews): void => {
      this.driver.handle({ type: 'link', news })
      this.links.hear(news)
    }
    const { link, links } = makeLinks(hear, (news) => this.driver.handle({ type: 'direct', news }))
    this.link = link
    this.links = links
    this.driver.handle({ type: 'appended', head: feed.log.head })
  }

  /** Opens a stored session; the texts so far come back for the host's own screen. */
  static async open(
    setup: { crypto: Crypto; hubs: string[]; store: HostStore; clock?: Clock; socket?: (url: string) => WebSocket; links?: LoadLinks },
    id: string,
    listener: TextHostListener,
  ): Promise<{ host: TextHost; session: HostedSession; texts: Bytes[]; ended: boolean } | undefined> {
    const { crypto, hubs, store, clock = realClock, socket } = setup
    const found = await store.load(id)
    if (!found) return undefined
    const { session, entries } = found
    const author = await crypto.ed25519.restore(session.key)
    if (!author) throw new Error('log-damaged') // the key is of another browser's making
    const invite = { secret16: session.secret16, owner16: owner16(author.publicKey) }
    const room = await deriveRoom(crypto, invite)
    const feed = await StoredFeed.open(crypto, room, author, session.epoch16, entries, (more) => store.append(id, more))
    const host = new TextHost(writeInvite(invite), crypto, room, feed, peerId20(author.publicKey), listener, clock, (hear, hearDirect) => {
      const link = new HubLink({ urls: hubs, crypto, identity: author, checkWelcome, clock, socket }, hear)
      const session16 = globalThis.crypto.getRandomValues(new Uint8Array(16))
      link.join({ room16: room.room16, owner16: room.owner16, joinPub32: room.join.publicKey, session16, flags: 0 }, room.join)
      const direct = { crypto, identity: author, room, session16, link, role: 'host' as const, maxLinks: MAX_DIRECT, clock }
      return { link, links: new LazyLinks(setup.links, direct, hearDirect) }
    })
    if (entries.length === 0) host.meta({ title: session.title, ask: session.canAsk })
    const bodies = await Promise.all(entries.map(({ n, kind, sealed }) => (kind === KIND.text ? feed.open(n, kind, sealed) : undefined)))
    const texts = bodies.filter((body): body is Bytes => !!body)
    host.link.start()
    host.links.start()
    return { host, session, texts, ended: entries.length > 0 && entries[entries.length - 1].kind === KIND.end }
  }

  /** Shares text. Never waits for viewers. */
  write(text: string | Bytes): void {
    const body = typeof text === 'string' ? utf8(text) : text
    if (body.length > 0) this.add(KIND.text, body)
  }

  /** Tells viewers what the session is called and whether it rests. */
  meta(said: { title: string; ask: boolean; paused?: boolean }): void {
    this.add(KIND.meta, utf8(JSON.stringify({ v: 1, title: said.title, format: 'md', t: this.clock.nowMs(), ask: said.ask, paused: !!said.paused })))
    this.flush()
  }

  async end(): Promise<void> {
    this.add(KIND.end, utf8(JSON.stringify({ exit: null, reason: 'eof' })))
    this.flush()
    await this.writing
  }

  /** Leaves; what was written stays stored. */
  async stop(): Promise<void> {
    this.flush()
    await this.writing
    this.links.stop()
    this.link.stop()
    this.driver.stop()
  }

  /** Writes what waits at once, for instance because the page goes away. */
  flush(): void {
    this.cancelFlush?.()
    this.cancelFlush = undefined
    if (this.isWriting || this.broken || this.batch.isEmpty) return
    this.isWriting = true
    this.writing = this.drain()
  }

  private add(kind: number, body: Bytes): void {
    if (this.broken) return
    this.batch.add(kind, body)
    if (!this.cancelFlush && !this.isWriting) this.cancelFlush = this.clock.after(GATHER_MS, () => this.flush())
  }

  private async drain(): Promise<void> {
    while (!this.batch.isEmpty && !this.broken) {
      const frames = await this.feed.append(this.batch.take(MAX_WRITE))
      if (typeof frames === 'string') {
        this.broken = true
        this.listener.fault(frames)
        break
      }
      this.driver.handle({ type: 'appended', head: this.feed.log.head, frames })
    }
    this.isWriting = false
  }

  private perform(effect: HostEffect): void {
    if (effect.type === 'status') return this.listener.status(effect.status)
    if (effect.type === 'answer') {
      for (const frame of this.feed.answer(effect.payload)) this.send(effect.to20, frame, effect.isDirect)
      return
    }
    if (effect.type === 'cast' || effect.type === 'send') {
      if (effect.type === 'send' && effect.isDirect) this.links.send(effect.to20, effect.payload)
      else if (this.link.queuedBytes < MAX_QUEUED_BYTES) this.link.transmit(effect.type === 'cast' ? writeCast(this.room.room16, effect.payload) : writeSend(this.room.room16, effect.to20, effect.payload))
      return
    }
    const route = { prk: this.room.prk, room16: this.room.room16, from20: effect.from20, to20: this.peer20 }
    void openQuestion(this.crypto, route, effect.payload).then((text) => text && this.listener.question(text))
  }

  private send(to20: Bytes, frame: Bytes, isDirect: boolean): void {
    if (isDirect) this.links.send(to20, frame)
    else this.link.transmit(writeSend(this.room.room16, to20, frame))
  }
}
