import { equal, fromHex, hex, type Bytes } from '../codec/bytes.ts'
import { realClock, type Clock } from '../cores/core-driver.ts'
import type { Sealer, Signer } from '../crypto/provider.ts'
import { writeCast, writeSend, writeSignal } from '../door/peer-frames.ts'
import type { HubFrame } from '../door/door-frames.ts'
import { entryAad, entryNonce } from '../feeds/chain.ts'
import { KIND, readFeedFrame } from '../feeds/feed-frames.ts'
import { checkWelcome } from '../hub/check-welcome.ts'
import { HubLink, type LinkNews } from '../hub/hub-link.ts'
import { peerId20 } from '../identity/peer-id.ts'
import { deriveRoom, feedKey, type RoomKeys } from '../rooms/room-keys.ts'
import { FeedSet } from './feed-set.ts'
import type { HeldFeed, KeptEntry } from './held-feed.ts'
import { askToKeep, isKeepAnswer } from './keep-frame.ts'
import { OwnFeed } from './own-feed.ts'
import { cutPieces, Pieces, readCheckpoint, writeCheckpoint } from './pieces.ts'
import type { DocumentListener, DocumentSetup, DocumentStatus } from './document-setup.ts'
import { isPresence, PresenceSeal } from './presence-seal.ts'
import { coverMessage, writeCover, type CoveredFeed, type Roll } from './roll-frames.ts'

const UPDATE = 5
const DEFAULT_LIMITS = { entries: 500, bytes: 256 * 1024, feeds: 64 }
const GATHER_MS = 40
const TICK_MS = 1_000
const ASK_EVERY_MS = 20_000
const ROLLS_WITHIN_MS = 3_000
const MAX_ASKED = 3
const TARGET_UNKNOWN = 8
const KEEP_SECONDS = 30 * 86_400
/** A hub that starts again lets peers in a moment before its keeper. */
const ASK_TO_KEEP_EVERY_MS = 30_000

/** A document's room as one page takes part in it: knows feeds and frames, not what updates mean. */
export class DocumentLink {
  readonly status: DocumentStatus = { link: 'connecting', members: 0, caughtUp: false, refusal: undefined, refused: 0, forked: false, unkept: false }
  private readonly clock: Clock
  private readonly limits: { entries: number; bytes: number; feeds: number }
  private readonly members = new Set<string>()
  private readonly awaited = new Set<string>()
  private readonly open = new Map<string, { sealer: Promise<Sealer>; pieces: Pieces }>()
  private line: Promise<void> = Promise.resolve()
  private set!: FeedSet
  private room!: RoomKeys
  private roomHex = ''
  private identity!: Signer
  private seal!: PresenceSeal
  private link!: HubLink
  private own: OwnFeed | undefined
  private said: Bytes | undefined
  private keeper: string | undefined
  private rollsByMs = Infinity
  private askAtMs = Infinity
  private askToKeepAtMs = Infinity
  private edits: { update: Bytes; id: Promise<number | undefined> }[] = []
  private cancelGather: (() => void) | undefined
  private cancelTick: (() => void) | undefined
  private cover: { epochs: Set<string>; frame: Bytes } | undefined
  private stopped = false

  constructor(
    private readonly setup: DocumentSetup,
    private readonly listener: DocumentListener,
    private readonly merge: (updates: Bytes[]) => Bytes,
  ) {
    this.clock = setup.clock || realClock
    this.limits = setup.limits || DEFAULT_LIMITS
  }

  get canWrite(): boolean {
    return !!this.setup.invite.write
  }

  get feeds(): number {
    return this.set.count
  }

  /** What is kept here is given out before this resolves; the rest comes by itself. */
  async start(): Promise<void> {
    const { crypto, invite, store, hubs, socket } = this.setup
    const [room, identity] = await Promise.all([deriveRoom(crypto, invite), crypto.ed25519.generate()])
    this.room = room
    this.roomHex = hex(room.room16)
    this.identity = identity
    this.seal = new PresenceSeal(crypto, room.prk)
    this.set = new FeedSet({ crypto, room16: room.room16, owner16: room.owner16, author32: invite.write?.publicKey, nowMs: () => this.clock.nowMs() }, {
      send: (to, payload) => this.send(to, payload),
      cast: (payload) => this.link?.transmit(writeCast(room.room16, payload)),
      entry: (feed, n, entry, isOwn) => this.take(feed, n, entry, isOwn),
      forked: () => this.tell({ forked: true }),
      dropped: (feed) => void store.drop(this.roomHex, feed.epoch, feed.last).catch(() => this.tell({ unkept: true })),
    })
    await this.recall()
    if (this.stopped) return
    this.link = new HubLink({ urls: hubs, crypto, identity, checkWelcome, clock: this.clock, socket }, (news) => this.queue(() => this.hear(news)))
    const session16 = globalThis.crypto.getRandomValues(new Uint8Array(16))
    this.link.join({ room16: room.room16, owner16: room.owner16, joinPub32: room.join.publicKey, session16, flags: 0 }, room.join)
    this.link.start()
    this.tick()
  }

  /** A change of this page: on the disk at once, in the feed a moment later. */
  edit(update: Bytes): void {
    if (!this.canWrite || this.stopped) return
    const id = this.setup.store.pend(this.roomHex, update).catch(() => (this.tell({ unkept: true }), undefined))
    this.edits.push({ update, id })
    this.cancelGather = this.cancelGather || this.clock.after(GATHER_MS, () => this.flush())
  }

  /** Tells others about this member. */
  present(update: Bytes): void {
    this.said = update
    this.queue(async () => {
      const sealed = await this.seal.seal(this.self, update)
      if (sealed) this.link?.transmit(writeCast(this.room.room16, sealed))
    })
  }

  flush(): void {
    this.cancelGather?.()
    this.cancelGather = undefined
    const edits = this.edits.splice(0)
    if (edits.length === 0) return
    this.queue(async () => {
      const sent = (await Promise.all(edits.map(({ id }) => id))).filter((id): id is number => id !== undefined)
      await this.write(UPDATE, this.merge(edits.map(({ update }) => update)), sent)
      const { entries, bytes, checkpointed } = this.set.loose
      // A large document is not said again for a few words: checkpoints together stay as small as what they cover.
      const isWorth = (entries >= this.limits.entries || bytes >= this.limits.bytes) && bytes >= checkpointed
      if (isWorth || this.set.count >= this.limits.feeds) await this.checkpoint()
    })
  }

  async stop(): Promise<void> {
    this.flush()
    await this.line
    this.stopped = true
    this.cancelTick?.()
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
        if (this.canWrite) this.edits.push({ update, id: Promise.resolve(id) })
      }
      this.flush()
    } catch {
      this.tell({ unkept: true })
    }
  }

  private async take(feed: HeldFeed, n: number, { kind, sealed }: KeptEntry, isOwn: boolean): Promise<void> {
    if (!isOwn) this.keepSoon(feed)
    if (isOwn || (kind !== UPDATE && kind !== KIND.checkpoint)) return
    const { name, feed8 } = feed
    const open = this.open.get(feed8) || { sealer: this.setup.crypto.sealer(feedKey(this.room.prk, name.room16, name.author32, name.epoch16)), pieces: new Pieces() }
    this.open.set(feed8, open)
    const body = await (await open.sealer).open(entryNonce(n), sealed, entryAad(kind))
    const payload = body && open.pieces.add(kind, body)
    if (!body) this.refuse()
    if (!payload) return
    if (kind === UPDATE) {
      if (!this.listener.update(payload)) this.refuse()
      return
    }
    const checkpoint = readCheckpoint(payload)
    if (checkpoint && this.listener.checkpoint(checkpoint.update, checkpoint.stateVector)) this.queue(() => this.covered(checkpoint.covered))
    else this.refuse()
  }

  private readonly unsaved = new Map<HeldFeed, number>()

  /** Entries of others are written together once the work under way is done. */
  private keepSoon(feed: HeldFeed): void {
    if (this.unsaved.has(feed)) return
    this.unsaved.set(feed, feed.last)
    this.queue(() => {
      const first = this.unsaved.get(feed)!
      this.unsaved.delete(feed)
      const entries = feed.entries.slice(first - 1)
      void this.setup.store.append(this.roomHex, feed.epoch, feed.name.author32, first, entries).catch(() => this.tell({ unkept: true }))
    })
  }

  private async write(kind: number, payload: Bytes, sent: number[] = []): Promise<void> {
    const { crypto, invite, store } = this.setup
    const drafts = cutPieces(payload).map((body) => ({ kind, body }))
    const isNew = !this.own
    this.own = this.own || (await OwnFeed.begin(crypto, this.room, invite.write!, this.clock.nowMs()))
    if (isNew) drafts.unshift(this.own.meta(this.clock.nowMs()))
    const { feed } = this.own
    const made = await this.own.make(drafts)
    try {
      await store.append(this.roomHex, feed.epoch, feed.name.author32, feed.last + 1, made, sent)
    } catch {
      this.tell({ unkept: true })
    }
    if (isNew) this.link?.transmit(writeCast(this.room.room16, await this.own.announcement()))
    for (const entry of made) await this.set.publish(feed, entry)
  }

  private async checkpoint(): Promise<void> {
    const covered = this.set.standing()
    const { update, stateVector } = this.listener.state()
    this.own = undefined
    await this.write(KIND.checkpoint, writeCheckpoint({ covered, stateVector, update }))
    const { feed } = this.own!
    await this.covered(covered)
    const sig64 = await this.setup.invite.write!.sign(coverMessage(this.room.room16, feed.name.epoch16, feed.last, covered))
    this.cover = { epochs: new Set(covered.map(({ epoch16 }) => hex(epoch16))), frame: writeCover(feed.name.author32, feed.name.epoch16, feed.last, covered, sig64) }
    if (this.keeper) this.send(this.keeper, this.cover.frame)
  }

  private covered(feeds: CoveredFeed[]): void {
    this.set.cover(feeds)
    if (this.own && this.set.isCovered(this.own.feed)) this.own = undefined
  }

  private async hear(news: LinkNews): Promise<void> {
    if (news.type === 'open') {
      this.keeper = hex(peerId20(news.hubPub32))
      this.tell({ link: 'open', refusal: undefined })
      await this.askToKeep()
    } else if (news.type === 'lost' || news.type === 'stopped') this.loseAll(news.type === 'stopped' && news.why === 'replaced' ? 'replaced' : 'lost')
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
    const self = hex(this.self)
    switch (frame.type) {
      case 'members':
        for (const { peer20 } of frame.members) if (hex(peer20) !== self) this.members.add(hex(peer20))
        if (!frame.more) await this.meet()
        return this.tell({ members: this.members.size })
      case 'joined': {
        const peer = hex(frame.member.peer20)
        if (peer === self) return
        this.members.add(peer)
        const sealed = this.said && (await this.seal.seal(this.self, this.said))
        if (sealed) this.send(peer, sealed)
        return this.tell({ members: this.members.size })
      }
      case 'left':
        if (frame.reason !== 2 && this.members.delete(hex(frame.peer20))) {
          this.awaited.delete(hex(frame.peer20))
          this.set.lost(hex(frame.peer20))
          this.listener.gone(hex(frame.peer20))
          this.tell({ members: this.members.size })
        }
        return
      case 'gap':
        return this.set.askRoll(hex(frame.src20))
      case 'cast':
      case 'send':
        return this.hearPayload(hex(frame.src20), frame.payload)
    }
  }

  private async meet(): Promise<void> {
    this.awaited.clear()
    const asked = [...this.members].sort(() => Math.random() - 0.5).slice(0, MAX_ASKED)
    if (this.keeper && !asked.includes(this.keeper)) asked.push(this.keeper)
    for (const peer of asked) {
      this.awaited.add(peer)
      this.set.askRoll(peer)
    }
    if (this.members.size > MAX_ASKED) for (const roll of this.set.rolls(false)) this.link.transmit(writeCast(this.room.room16, roll))
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
      for (const answer of this.set.answer(frame)) this.send(from, answer)
      return
    }
    const refused = this.set.refused
    const roll = await this.set.hear(from, payload)
    if (this.set.refused > refused) this.refuse()
    if (roll) this.hearRoll(from, roll)
  }

  private hearRoll(from: string, roll: Roll): void {
    if (!roll.answer) this.awaited.delete(from)
    // A keeper cannot read a checkpoint: it is told what may go.
    const { cover } = this
    if (cover && from === this.keeper && roll.lines.some(({ epoch16 }) => cover.epochs.has(hex(epoch16)))) this.send(from, cover.frame)
  }

  private loseAll(link: DocumentStatus['link']): void {
    this.keeper = undefined
    this.awaited.clear()
    this.set.offline()
    for (const peer of this.members) this.listener.gone(peer)
    this.members.clear()
    this.rollsByMs = this.askAtMs = this.askToKeepAtMs = Infinity
    this.tell({ link, members: 0 })
  }

  private tick(): void {
    if (this.stopped) return
    this.queue(async () => {
      const now = this.clock.nowMs()
      this.set.tick()
      if (now >= this.askToKeepAtMs) await this.askToKeep()
      if (now >= this.rollsByMs) this.awaited.clear()
      if (now >= this.askAtMs && this.members.size > 0) {
        this.askAtMs = now + ASK_EVERY_MS
        this.set.askRoll([...this.members][Math.floor(Math.random() * this.members.size)])
      }
      this.checkCaughtUp()
    })
    this.cancelTick = this.clock.after(TICK_MS, () => this.tick())
  }

  private checkCaughtUp(): void {
    if (this.status.caughtUp || this.rollsByMs === Infinity || this.awaited.size > 0 || this.set.isFetching) return
    this.rollsByMs = Infinity
    this.tell({ caughtUp: true })
  }

  private send(to: string, payload: Bytes): void {
    this.link?.transmit(writeSend(this.room.room16, fromHex(to)!, payload))
  }

  private refuse(): void {
    this.tell({ refused: this.status.refused + 1 })
  }

  private tell(change: Partial<DocumentStatus>): void {
    Object.assign(this.status, change)
    this.listener.status(this.status)
  }
}
