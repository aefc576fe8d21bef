import { equal, fromHex, hex, type Bytes } from '../codec/bytes.ts'
import { realClock, type Clock } from '../cores/core-driver.ts'
import type { Signer } from '../crypto/provider.ts'
import { LazyLinks } from '../direct/lazy-links.ts'
import type { LinksNews } from '../direct/links-news.ts'
import { writeSignal } from '../door/peer-frames.ts'
import type { HubFrame } from '../door/door-frames.ts'
import { TARGET_UNKNOWN } from '../door/refusals.ts'
import { KIND, readFeedFrame } from '../feeds/feed-frames.ts'
import { checkWelcome } from '../hub/check-welcome.ts'
import { HubLink, type LinkNews } from '../hub/hub-link.ts'
import { peerId20 } from '../identity/peer-id.ts'
import { deriveRoom, type RoomKeys } from '../rooms/room-keys.ts'
import { DocumentEntries } from './document-entries.ts'
import { EntrySaver } from './entry-saver.ts'
import { FeedSet } from './feed-set.ts'
import type { HeldFeed, KeptEntry } from './held-feed.ts'
import { askToKeep, isKeepAnswer } from './keep-frame.ts'
import { MemberWays } from './member-ways.ts'
import { readCheckpoint } from './pieces.ts'
import { DocumentWriter, UPDATE } from './document-writer.ts'
import type { DocumentListener, DocumentSetup, DocumentStatus } from './document-setup.ts'
import { isPresence, PresenceSeal } from './presence-seal.ts'
import type { Roll } from './roll-frames.ts'

const TICK_MS = 1_000
const ASK_EVERY_MS = 20_000
const ROLLS_WITHIN_MS = 3_000
const MAX_ASKED = 3
const KEEP_SECONDS = 30 * 86_400
/** LEFT's reasons. */
const CONNECTION_LOST = 1
const REPLACED = 2
/** Members that are linked with directly at once: as many as a terminal links with. */
const MAX_DIRECT = 8
/** So much goes into a link as one answer. */
const MAX_ANSWER_BYTES = 524_288
/** Of what came over links so much may wait for its checks: a hub's limits bind nobody there. What is dropped is asked for again. */
const MAX_WAITING_BYTES = 4_194_304
/** What a frame costs besides its bytes. */
const FRAME_BYTES = 512
/** A hub that starts again lets peers in a moment before its keeper. */
const ASK_TO_KEEP_EVERY_MS = 30_000

/** A document's room as one page takes part in it: knows feeds and frames, not what updates mean. */
export class DocumentLink {
  readonly status: DocumentStatus = { link: 'connecting', members: 0, linked: 0, caughtUp: false, refusal: undefined, refused: 0, forked: false, unkept: false }
  private readonly clock: Clock
  private readonly writer: DocumentWriter
  private readonly awaited = new Set<string>()
  private line: Promise<void> = Promise.resolve()
  private set!: FeedSet
  private room!: RoomKeys
  private roomHex = ''
  private identity!: Signer
  private seal!: PresenceSeal
  private entries!: DocumentEntries
  private saver!: EntrySaver
  private link!: HubLink
  private links: LazyLinks | undefined
  private ways!: MemberWays
  private waitingBytes = 0
  private said: Bytes | undefined
  private keeper: string | undefined
  private rollsByMs = Infinity
  private askAtMs = Infinity
  private askToKeepAtMs = Infinity
  private cancelTick: (() => void) | undefined
  private stopped = false

  constructor(
    private readonly setup: DocumentSetup,
    private readonly listener: DocumentListener,
    merge: (updates: Bytes[]) => Bytes,
  ) {
    this.clock = setup.clock || realClock
    this.writer = new DocumentWriter(setup, {
      clock: this.clock,
      merge,
      state: () => listener.state(),
      queue: (work) => this.queue(work),
      cast: (payload) => this.ways.cast(payload),
      tellKeeper: (payload) => this.keeper && this.ways.send(this.keeper, payload),
      unkept: () => this.tell({ unkept: true }),
    })
  }

  get canWrite(): boolean {
    return !!this.setup.invite.write
  }

  get feeds(): number {
    return this.set.count
  }

  /** What is kept here is given out before this resolves; the rest comes by itself. */
  async start(): Promise<void> {
    const { crypto, invite, store, hubs, socket, links } = this.setup
    const [room, identity] = await Promise.all([deriveRoom(crypto, invite), crypto.ed25519.generate()])
    this.room = room
    this.roomHex = hex(room.room16)
    this.identity = identity
    this.seal = new PresenceSeal(crypto, room.prk)
    this.entries = new DocumentEntries(crypto, room.prk)
    this.saver = new EntrySaver(store, this.roomHex, (work) => this.queue(work), () => this.tell({ unkept: true }))
    this.set = new FeedSet({ crypto, room16: room.room16, owner16: room.owner16, author32: invite.write?.publicKey, nowMs: () => this.clock.nowMs() }, {
      send: (to, payload) => this.ways.send(to, payload),
      cast: (payload) => this.ways.cast(payload),
      entry: (feed, n, entry, isOwn) => this.take(feed, n, entry, isOwn),
      forked: () => this.tell({ forked: true }),
      dropped: (feed) => void store.drop(this.roomHex, feed.epoch, feed.last).catch(() => this.tell({ unkept: true })),
    })
    this.ways = new MemberWays(room.room16, {
      hub: (frame) => void this.link?.transmit(frame),
      direct: (peer20, payload) => this.links!.send(peer20, payload),
      isFull: (peer20) => this.links!.isFull(peer20),
    })
    this.writer.begin(room, this.set)
    await this.recall()
    if (this.stopped) return
    this.link = new HubLink({ urls: hubs, crypto, identity, checkWelcome, clock: this.clock, socket }, (news) => {
      this.queue(() => this.hear(news))
      this.links!.hear(news)
    })
    const session16 = globalThis.crypto.getRandomValues(new Uint8Array(16))
    this.links = new LazyLinks(links, { crypto, identity, room, session16, link: this.link, role: 'member', maxLinks: MAX_DIRECT, clock: this.clock }, (news) => this.hearDirect(news))
    this.link.join({ room16: room.room16, owner16: room.owner16, joinPub32: room.join.publicKey, session16, flags: 0 }, room.join)
    this.link.start()
    this.tick()
  }

  /** A change of this page: on the disk at once, in the feed a moment later. */
  edit(update: Bytes): void {
    if (this.canWrite && !this.stopped) this.writer.edit(update)
  }

  /** Tells others about this member. */
  present(update: Bytes): void {
    this.said = update
    this.queue(async () => {
      const sealed = await this.seal.seal(this.self, update)
      if (sealed) this.ways.cast(sealed)
    })
  }

  flush(): void {
    this.writer.flush()
  }

  /** The page is about to be gone: who is linked with it need not wait for its silence to know. */
  unlink(): void {
    this.links?.stop()
  }

  async stop(): Promise<void> {
    this.flush()
    await this.line
    this.stopped = true
    this.cancelTick?.()
    this.links?.stop()
    this.link?.stop()
  }

  private get self(): Bytes {
    return peerId20(this.identity.publicKey)
  }

  /** One thing after the other: checks and seals are asynchronous, feeds are not. */
  private queue(work: () => Promise<void> | void): void {
    this.line = this.line.then(() => (this.stopped ? undefined : work())).catch((error) => console.error('roost: document', error))
  }

  private async recall(): Promise<void> {
    try {
      const { feeds, pending } = await this.setup.store.load(this.roomHex)
      for (const { epoch, author32, entries } of feeds) await this.set.recall(author32, fromHex(epoch)!, entries)
      for (const { id, update } of pending) {
        if (!this.listener.update(update)) continue
        if (this.canWrite) this.writer.recall(id, update)
      }
      this.flush()
    } catch {
      this.tell({ unkept: true })
    }
  }

  private async take(feed: HeldFeed, n: number, entry: KeptEntry, isOwn: boolean): Promise<void> {
    const { kind } = entry
    if (!isOwn) this.saver.save(feed)
    if (isOwn || (kind !== UPDATE && kind !== KIND.checkpoint)) return
    const payload = await this.entries.take(feed, n, entry)
    if (payload === 'sealed') return this.refuse()
    if (!payload) return
    if (kind === UPDATE) {
      if (!this.listener.update(payload)) this.refuse()
      return
    }
    const checkpoint = readCheckpoint(payload)
    if (checkpoint && this.listener.checkpoint(checkpoint.update, checkpoint.stateVector)) this.queue(() => this.writer.covered(checkpoint.covered))
    else this.refuse()
  }

  private async hear(news: LinkNews): Promise<void> {
    if (news.type === 'open') {
      this.keeper = hex(peerId20(news.hubPub32))
      this.tell({ link: 'open', refusal: undefined })
      await this.askToKeep()
    } else if (news.type === 'lost' || news.type === 'stopped') this.loseHub(news.type === 'stopped' && news.why === 'replaced' ? 'replaced' : 'lost')
    else if (news.type === 'frame') await this.hearFrame(news.frame)
    this.checkCaughtUp()
  }

  private async askToKeep(): Promise<void> {
    if (!this.keeper || !this.canWrite) return
    this.askToKeepAtMs = this.clock.nowMs() + ASK_TO_KEEP_EVERY_MS
    const keeper20 = fromHex(this.keeper)!
    this.link.transmit(writeSignal(keeper20, await askToKeep(this.setup.invite.write!, this.self, keeper20, this.room, KEEP_SECONDS)))
  }

  private async hearFrame(frame: HubFrame): Promise<void> {
    if (frame.type === 'signal' && hex(frame.src20) === this.keeper && isKeepAnswer(frame.payload)) this.askToKeepAtMs = Infinity
    if (frame.type === 'error') {
      if (frame.code !== TARGET_UNKNOWN) return this.tell({ refusal: { code: frame.code, text: frame.text } })
      if (this.keeper) this.awaited.delete(this.keeper)
      return
    }
    if (!('room16' in frame) || !equal(frame.room16, this.room.room16)) return
    if (this.status.refusal) this.tell({ refusal: undefined }) // the room goes on
    const self = hex(this.self)
    switch (frame.type) {
      case 'members':
        for (const { peer20 } of frame.members) if (hex(peer20) !== self) this.ways.came(hex(peer20))
        if (!frame.more) await this.meet()
        return this.tellMembers()
      case 'joined':
        if (hex(frame.member.peer20) !== self) await this.joined(hex(frame.member.peer20))
        return this.tellMembers()
      case 'left':
        if (frame.reason !== REPLACED) this.left(hex(frame.peer20), frame.reason !== CONNECTION_LOST)
        return
      case 'gap':
        return this.set.askRoll(hex(frame.src20))
      case 'cast':
      case 'send':
        return this.hearPayload(hex(frame.src20), frame.payload)
    }
  }

  private async joined(peer: string): Promise<void> {
    this.ways.came(peer)
    // While it came in, those who were known were told one by one.
    if (this.ways.linked > 0) for (const roll of this.set.rolls(false)) this.ways.send(peer, roll)
    await this.presentTo(peer)
  }

  /** What a member cannot ask for is who we are. */
  private async presentTo(peer: string): Promise<void> {
    const sealed = this.said && (await this.seal.seal(this.self, this.said))
    if (sealed) this.ways.send(peer, sealed)
  }

  private left(peer: string, isForGood: boolean): void {
    if (this.ways.went(peer, isForGood)) this.lose(peer)
  }

  private lose(peer: string): void {
    this.awaited.delete(peer)
    this.set.lost(peer)
    this.listener.gone(peer)
    this.tellMembers()
  }

  private hearDirect(news: LinksNews): void {
    const size = news.type === 'frame' ? news.payload.length + FRAME_BYTES : 0
    if (size > 0 && this.waitingBytes + size > MAX_WAITING_BYTES) return
    this.waitingBytes += size
    this.queue(() => {
      this.waitingBytes -= size
      return this.takeDirect(hex(news.peer20), news)
    })
  }

  private async takeDirect(peer: string, news: LinksNews): Promise<void> {
    if (news.type === 'up') {
      const isNew = !this.ways.has(peer)
      this.ways.up(peer)
      this.askAtMs = Math.min(this.askAtMs, this.clock.nowMs() + ASK_EVERY_MS)
      if (isNew) {
        this.set.askRoll(peer)
        await this.presentTo(peer)
      }
      this.tellMembers()
    } else if (news.type === 'down' && this.ways.down(peer)) {
      this.listener.path(peer, undefined)
      if (!this.ways.has(peer)) return this.lose(peer)
      // What was under way is lost, questions and answers too.
      this.set.lost(peer)
      this.set.askRoll(peer)
      this.tellMembers()
    } else if (news.type === 'drained' && this.ways.drained(peer)) {
      for (const roll of this.set.rolls(false)) this.ways.send(peer, roll)
    } else if (news.type === 'path' && this.ways.isLinked(peer)) this.listener.path(peer, news.via)
    else if (news.type === 'frame' && this.ways.isLinked(peer)) {
      await this.hearPayload(peer, news.payload)
      this.checkCaughtUp()
    }
  }

  private async meet(): Promise<void> {
    this.awaited.clear()
    const { members } = this.ways
    const asked = [...members].sort(() => Math.random() - 0.5).slice(0, MAX_ASKED)
    if (this.keeper && !asked.includes(this.keeper)) asked.push(this.keeper)
    for (const peer of asked) {
      this.awaited.add(peer)
      this.set.askRoll(peer)
    }
    if (members.length > MAX_ASKED) for (const roll of this.set.rolls(false)) this.ways.cast(roll)
    if (this.said) this.present(this.said)
    this.rollsByMs = this.clock.nowMs() + ROLLS_WITHIN_MS
    this.askAtMs = this.clock.nowMs() + ASK_EVERY_MS
    this.tell({ caughtUp: false })
  }

  private async hearPayload(from: string, payload: Bytes): Promise<void> {
    if (isPresence(payload)) {
      const said = await this.seal.open(fromHex(from)!, payload)
      if (said) this.listener.presence(from, said)
      else this.refuse()
      return
    }
    const frame = payload[0] === 0x03 ? readFeedFrame(payload) : undefined
    if (frame && frame.type === 'want') {
      const budget = this.ways.isDirect(from) ? Math.min(frame.budget, MAX_ANSWER_BYTES) : frame.budget
      return this.ways.answer(from, this.set.answer({ ...frame, budget }))
    }
    const refused = this.set.refused
    const roll = await this.set.hear(from, payload)
    if (this.set.refused > refused) this.refuse()
    if (roll) this.hearRoll(from, roll)
  }

  private hearRoll(from: string, roll: Roll): void {
    if (!roll.answer) this.awaited.delete(from)
    const cover = from === this.keeper && this.writer.coverFor(roll)
    if (cover) this.ways.send(from, cover)
  }

  /** Who is linked with directly stays; all others are out of reach. */
  private loseHub(link: DocumentStatus['link']): void {
    if (this.keeper) this.awaited.delete(this.keeper)
    this.keeper = undefined
    this.askToKeepAtMs = Infinity
    for (const peer of this.ways.hubLost()) this.lose(peer)
    if (this.ways.linked === 0) {
      this.awaited.clear()
      this.set.offline()
      this.rollsByMs = this.askAtMs = Infinity
    }
    this.tell({ link })
    this.tellMembers()
  }

  private tick(): void {
    if (this.stopped) return
    this.queue(async () => {
      const now = this.clock.nowMs()
      this.set.tick()
      if (now >= this.askToKeepAtMs) await this.askToKeep()
      if (now >= this.rollsByMs) this.awaited.clear()
      const { members } = this.ways
      if (now >= this.askAtMs && members.length > 0) {
        this.askAtMs = now + ASK_EVERY_MS
        this.set.askRoll(members[Math.floor(Math.random() * members.length)])
      }
      this.checkCaughtUp()
    })
    this.cancelTick = this.clock.after(TICK_MS, () => this.tick())
  }

  private checkCaughtUp(): void {
    if (this.status.caughtUp || this.rollsByMs === Infinity || this.awaited.size > 0 || this.set.isFetching) return
    this.rollsByMs = Infinity
    this.tell({ caughtUp: true })
    this.links!.start() // the text is there: now for better ways
  }

  private tellMembers(): void {
    this.tell({ members: this.ways.members.length, linked: this.ways.linked })
  }

  private refuse(): void {
    this.tell({ refused: this.status.refused + 1 })
  }

  private tell(change: Partial<DocumentStatus>): void {
    Object.assign(this.status, change)
    this.listener.status(this.status)
  }
}
