import { hex, type Bytes } from '../codec/bytes.ts'
import type { Clock } from '../cores/core-driver.ts'
import { KIND } from '../feeds/feed-frames.ts'
import type { RoomKeys } from '../rooms/room-keys.ts'
import type { DocumentSetup } from './document-setup.ts'
import type { FeedSet } from './feed-set.ts'
import { OwnFeed } from './own-feed.ts'
import { cutPieces, writeCheckpoint } from './pieces.ts'
import { coverMessage, writeCover, type CoveredFeed, type Roll } from './roll-frames.ts'

export const UPDATE = 5
const DEFAULT_LIMITS = { entries: 500, bytes: 256 * 1024, feeds: 64 }
const GATHER_MS = 40

/** What a writer needs of the page's document. */
export interface WriterDesk {
  clock: Clock
  merge(updates: Bytes[]): Bytes
  /** The whole document, to make a checkpoint of. */
  state(): { update: Bytes; stateVector: Bytes }
  /** One thing after the other: feeds are not asynchronous, checks and seals are. */
  queue(work: () => Promise<void> | void): void
  /** To every member. */
  cast(payload: Bytes): void
  /** To the hub's keeper, if there is one. */
  tellKeeper(payload: Bytes): void
  unkept(): void
}

/** What this page writes: gathered for a moment, kept on the disk, sealed into a feed of its own, told to the room. */
export class DocumentWriter {
  private edits: { update: Bytes; id: Promise<number | undefined> }[] = []
  private cancelGather: (() => void) | undefined
  private own: OwnFeed | undefined
  private cover: { epochs: Set<string>; frame: Bytes } | undefined
  private room!: RoomKeys
  private roomHex = ''
  private set!: FeedSet

  constructor(
    private readonly setup: DocumentSetup,
    private readonly desk: WriterDesk,
  ) {}

  begin(room: RoomKeys, set: FeedSet): void {
    this.room = room
    this.roomHex = hex(room.room16)
    this.set = set
  }

  /** A change of this page: on the disk at once, in the feed a moment later. */
  edit(update: Bytes): void {
    const id = this.setup.store.pend(this.roomHex, update).catch(() => (this.desk.unkept(), undefined))
    this.edits.push({ update, id })
    this.cancelGather = this.cancelGather || this.desk.clock.after(GATHER_MS, () => this.flush())
  }

  /** A change of an earlier visit that came into no feed. */
  recall(id: number, update: Bytes): void {
    this.edits.push({ update, id: Promise.resolve(id) })
  }

  flush(): void {
    this.cancelGather?.()
    this.cancelGather = undefined
    const edits = this.edits.splice(0)
    if (edits.length === 0) return
    this.desk.queue(async () => {
      const sent = (await Promise.all(edits.map(({ id }) => id))).filter((id): id is number => id !== undefined)
      await this.write(UPDATE, this.desk.merge(edits.map(({ update }) => update)), sent)
      const limits = this.setup.limits || DEFAULT_LIMITS
      const { entries, bytes, checkpointed } = this.set.loose
      // A large document is not said again for a few words: checkpoints together stay as small as what they cover.
      const isWorth = (entries >= limits.entries || bytes >= limits.bytes) && bytes >= checkpointed
      if (isWorth || this.set.count >= limits.feeds) await this.checkpoint()
    })
  }

  covered(feeds: CoveredFeed[]): void {
    this.set.cover(feeds)
    if (this.own && this.set.isCovered(this.own.feed)) this.own = undefined
  }

  /** A keeper cannot read a checkpoint: it is told what may go. */
  coverFor(roll: Roll): Bytes | undefined {
    const { cover } = this
    return cover && roll.lines.some(({ epoch16 }) => cover.epochs.has(hex(epoch16))) ? cover.frame : undefined
  }

  private async write(kind: number, payload: Bytes, sent: number[] = []): Promise<void> {
    const { crypto, invite, store } = this.setup
    const drafts = cutPieces(payload).map((body) => ({ kind, body }))
    const isNew = !this.own
    this.own = this.own || (await OwnFeed.begin(crypto, this.room, invite.write!, this.desk.clock.nowMs()))
    if (isNew) drafts.unshift(this.own.meta(this.desk.clock.nowMs()))
    const { feed } = this.own
    const made = await this.own.make(drafts)
    try {
      await store.append(this.roomHex, feed.epoch, feed.name.author32, feed.last + 1, made, sent)
    } catch {
      this.desk.unkept()
    }
    if (isNew) this.desk.cast(await this.own.announcement())
    for (const entry of made) await this.set.publish(feed, entry)
  }

  private async checkpoint(): Promise<void> {
    const covered = this.set.standing()
    const { update, stateVector } = this.desk.state()
    this.own = undefined
    await this.write(KIND.checkpoint, writeCheckpoint({ covered, stateVector, update }))
    const { feed } = this.own!
    this.covered(covered)
    const sig64 = await this.setup.invite.write!.sign(coverMessage(this.room.room16, feed.name.epoch16, feed.last, covered))
    this.cover = { epochs: new Set(covered.map(({ epoch16 }) => hex(epoch16))), frame: writeCover(feed.name.author32, feed.name.epoch16, feed.last, covered, sig64) }
    this.desk.tellKeeper(this.cover.frame)
  }
}
