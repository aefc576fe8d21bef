import { fromHex, type Bytes } from '../codec/bytes.ts'
import { CoreDriver, realClock, type Clock } from '../cores/core-driver.ts'
import type { Crypto, Signer } from '../crypto/provider.ts'
import { TELL_HOSTS_ONLY } from '../door/peer-frames.ts'
import { LazyLinks, type LoadLinks } from '../direct/lazy-links.ts'
import { EntryOpener, type OpenEntry } from '../feeds/entry-opener.ts'
import { KIND } from '../feeds/feed-frames.ts'
import { checkWelcome } from '../hub/check-welcome.ts'
import { HubLink } from '../hub/hub-link.ts'
import { peerId20 } from '../identity/peer-id.ts'
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
  /** Loads the code of direct links; without, all goes over the hub. */
  links?: LoadLinks
}

/** What a viewer hears, in the order of the host's log. */
export interface WatchListener {
  status(status: WatchStatus): void
  /** A log begins; `again` when the host started a new one in this room. */
  begin(meta: Record<string, unknown>, again: boolean): void
  /** The host says something about the log that is under way. */
  meta?(meta: Record<string, unknown>): void
  text(bodies: Bytes[]): void
  end(end: { exit: number | null; reason: string }): void
  joinSent?(): void
}

/** Follows a session: shell around WatchCore, with one hub link, one store and the crypto of the page. */
export class Watch {
  private driver!: CoreDriver<WatchInput, WatchEffect>
  private link!: HubLink
  private opener!: EntryOpener
  private core: WatchCore | undefined
  private links: LazyLinks | undefined
  private room!: RoomKeys
  private identity!: Signer
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
    this.room = room
    this.identity = identity
    this.core = new WatchCore(room)
    this.driver = new CoreDriver(this.core, (effect) => this.perform(effect), clock)
    const frames = store ? await store.load(room.room16) : []
    if (this.stopped) return
    this.driver.handle({ type: 'restored', frames })
    this.link = new HubLink({ urls: hubs, crypto, identity, checkWelcome, clock }, (news) => {
      if (news.type === 'join-sent') this.listener.joinSent?.()
      this.driver.handle({ type: 'link', news })
      this.links?.hear(news)
    })
    const join = roomToJoin(room)
    this.link.join(join, room.join)
    const links = { crypto, identity, room, session16: join.session16, link: this.link, role: 'viewer' as const, maxLinks: 1, clock }
    this.links = new LazyLinks(this.setup.links, links, (news) => this.driver.handle({ type: 'direct', news }))
    this.link.start()
  }

  /** Between this page and the host, while he is here: what a message to him is sealed for. */
  get routeToHost(): { crypto: Crypto; prk: Bytes; room16: Bytes; from20: Bytes; to20: Bytes } | undefined {
    const to20 = this.core?.host
    if (!to20) return undefined
    return { crypto: this.setup.crypto, prk: this.room.prk, room16: this.room.room16, from20: peerId20(this.identity.publicKey), to20 }
  }

  tellHost(payload: Bytes): void {
    this.driver.handle({ type: 'tell-host', payload })
  }

  stop(): void {
    this.stopped = true
    this.links?.stop()
    this.link?.stop()
    this.driver?.stop()
    this.setup.store?.flush()
  }

  private perform(effect: WatchEffect): void {
    switch (effect.type) {
      case 'transmit':
        this.link.transmit(effect.bytes)
        return
      case 'say-direct':
        return this.links?.send(effect.to20, effect.payload)
      case 'status':
        if (effect.status.caughtUp) this.links?.start() // the text is there: now for a better path
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
        else this.listener.meta?.(said)
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

