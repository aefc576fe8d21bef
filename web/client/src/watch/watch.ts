import { fromHex, type Bytes } from '../codec/bytes.ts'
import { CoreDriver, realClock, type Clock } from '../cores/core-driver.ts'
import type { Crypto } from '../crypto/provider.ts'
import { TELL_HOSTS_ONLY } from '../door/peer-frames.ts'
import { EntryOpener, type OpenEntry } from '../feeds/entry-opener.ts'
import { KIND } from '../feeds/feed-frames.ts'
import { HubLink } from '../hub/hub-link.ts'
import { verify } from '../identity/strict.ts'
import type { Invite } from '../rooms/invite.ts'
import { deriveRoom, type RoomKeys } from '../rooms/room-keys.ts'
import type { FeedStore } from '../storage/feed-store.ts'
import { Pace } from './pace.ts'
import { WatchCore, type WatchEffect, type WatchInput, type WatchStatus } from './watch-core.ts'

export interface WatchSetup {
  invite: Invite
  hubs: string[]
  crypto: Crypto
  store?: FeedStore
  clock?: Clock
}

/** What a viewer hears, in the order of the host's log. */
export interface WatchListener {
  status(status: WatchStatus): void
  /** A log begins; `again` when the host started a new one in this room. */
  begin(meta: Record<string, unknown>, again: boolean): void
  text(bodies: Bytes[]): void
  end(end: { exit: number | null; reason: string }): void
  joinSent?(): void
}

/** Follows a session: shell around WatchCore, with one hub link, one store and the crypto of the page. */
export class Watch {
  private driver!: CoreDriver<WatchInput, WatchEffect>
  private link!: HubLink
  private opener!: EntryOpener
  private readonly pace: Pace
  private feeds = 0
  private stopped = false

  constructor(
    private readonly setup: WatchSetup,
    private readonly listener: WatchListener,
  ) {
    this.pace = new Pace(setup.clock || realClock)
  }

  async start(): Promise<void> {
    const { crypto, hubs, invite, store, clock } = this.setup
    const [room, identity] = await Promise.all([deriveRoom(crypto, invite), crypto.ed25519.generate()])
    this.opener = new EntryOpener(crypto, room.prk)
    this.driver = new CoreDriver(new WatchCore(room), (effect) => this.perform(effect), clock)
    const frames = store ? await store.load(room.room16) : []
    if (this.stopped) return
    this.driver.handle({ type: 'restored', frames })
    this.link = new HubLink({ urls: hubs, crypto, identity, clock }, (news) => {
      if (news.type === 'join-sent') this.listener.joinSent?.()
      this.driver.handle({ type: 'link', news })
    })
    this.link.join(roomToJoin(room), room.join)
    this.link.start()
  }

  stop(): void {
    this.stopped = true
    this.link?.stop()
    this.driver?.stop()
    this.setup.store?.flush()
  }

  private perform(effect: WatchEffect): void {
    switch (effect.type) {
      case 'transmit':
        this.link.transmit(effect.bytes)
        return
      case 'status':
        return this.listener.status(effect.status)
      case 'check':
        this.pace.run(effect.urgent, () => verify(this.setup.crypto.ed25519, effect.key, effect.message, effect.sig64)).then((ok) =>
          this.driver.handle({ type: 'checked', ticket: effect.ticket, ok }),
        )
        return
      case 'feed':
        this.feeds++
        return
      case 'entries': {
        const again = this.feeds > 1
        this.setup.store?.append(effect)
        return this.opener.open(effect.name, effect.entries, (entries) => this.deliver(entries, again))
      }
    }
  }

  private deliver(entries: OpenEntry[], again: boolean): void {
    let texts: Bytes[] = []
    const flush = (): void => {
      if (texts.length > 0) this.listener.text(texts)
      texts = []
    }
    for (const { n, kind, body } of entries) {
      if (!body) continue
      if (kind === KIND.text) texts.push(body)
      else if (kind === KIND.meta || kind === KIND.end) {
        flush()
        const said = readJson(body)
        if (kind === KIND.end) this.listener.end({ exit: typeof said.exit === 'number' ? said.exit : null, reason: String(said.reason || 'eof') })
        else if (n === 1) this.begin(said, again)
      }
    }
    flush()
  }

  private begin(meta: Record<string, unknown>, again: boolean): void {
    const before = meta.prev as { epoch?: unknown; n?: unknown; chain?: unknown } | undefined
    const epoch16 = before && fromHex(String(before.epoch))
    const chain32 = before && fromHex(String(before.chain))
    if (epoch16 && chain32 && typeof before.n === 'number') this.driver.handle({ type: 'previous', epoch16, n: before.n, chain32 })
    this.listener.begin(meta, again)
  }
}

function roomToJoin({ room16, owner16, join }: RoomKeys) {
  return { room16, owner16, joinPub32: join.publicKey, session16: crypto.getRandomValues(new Uint8Array(16)), flags: TELL_HOSTS_ONLY }
}

function readJson(body: Bytes): Record<string, unknown> {
  try {
    const said = JSON.parse(new TextDecoder().decode(body))
    return said && typeof said === 'object' ? said : {}
  } catch {
    return {}
  }
}

