import type { Bytes } from '../codec/bytes.ts'
import { CoreDriver, type Clock } from '../cores/core-driver.ts'
import { readContent, type Content } from './content.ts'
import { Outbox, type Kept, type OutboxEffect, type OutboxInput } from './outbox.ts'
import type { OutboxStore, StoredOutbox } from './outbox-store.ts'
import { readTalkFrame, writeEcho, type TalkFrame } from './talk-frames.ts'

export interface TalkSetup {
  pair: string
  stored: StoredOutbox
  store: OutboxStore | undefined
  clock: Clock
  write(message: Bytes): Promise<boolean>
  hear(news: TalkNews): void
}

export type TalkNews =
  | { type: 'message'; value: any }
  | { type: 'sent' | 'delivered' | 'full'; id: string }
  | { type: 'storage-failed'; error: unknown }
  | { type: 'rtt'; rttMs: number }
  | Exclude<TalkFrame, { type: 'line' | 'ack' | 'data' | 'ping' | 'pong' }>

/** What two peers say once frames can flow: shell around Outbox, with its store. */
export class PeerTalk {
  private readonly driver: CoreDriver<OutboxInput, OutboxEffect>
  private keeping: Kept[] = []
  private giving: { line16: Bytes; n: number; content: Content }[] = []
  private isGiving = false
  private kept: Promise<void> = Promise.resolve()
  private pingedAtMs = 0

  constructor(private readonly setup: TalkSetup) {
    const { stored } = setup
    const core = new Outbox(stored.line16, stored.queue, stored.heard, stored.lastNumber)
    this.driver = new CoreDriver(core, (effect) => this.perform(effect), setup.clock)
  }

  opened(): void {
    this.driver.handle({ type: 'opened' })
    this.pingedAtMs = performance.now()
    void this.setup.write(writeEcho(7, new Uint8Array(0)))
  }

  closed(): void {
    this.driver.handle({ type: 'closed' })
  }

  /** Resolves when the message is safe: stored, or in memory where nothing is to be stored. */
  send(id: string, content: Content): Promise<void> {
    this.driver.handle({ type: 'send', id, content })
    return this.kept
  }

  hear(message: Bytes): void {
    const frame = readTalkFrame(message)
    if (!frame) return
    switch (frame.type) {
      case 'line':
      case 'ack':
        return this.driver.handle(frame)
      case 'data':
        return this.driver.handle({ type: 'data', n: frame.n, content: frame })
      case 'ping':
        return void this.setup.write(writeEcho(8, frame.bytes))
      case 'pong':
        return this.setup.hear({ type: 'rtt', rttMs: performance.now() - this.pingedAtMs })
      default:
        return this.setup.hear(frame)
    }
  }

  stop(): void {
    this.driver.stop()
  }

  private perform(effect: OutboxEffect): void {
    const { store, pair, hear, write } = this.setup
    switch (effect.type) {
      case 'write':
        write(effect.message).then((ok) => ok && effect.sent && hear({ type: 'sent', id: effect.sent }))
        return
      case 'keep':
        return this.keep({ n: effect.n, id: effect.id, content: effect.content })
      case 'forget':
        if (store) this.watch(store.forget(pair, effect.upTo))
        return
      case 'give':
        this.giving.push(effect)
        return void this.giveAll()
      case 'delivered':
      case 'full':
        return hear(effect)
    }
  }

  /** Messages of one turn are stored in one transaction. */
  private keep(kept: Kept): void {
    const { store, pair } = this.setup
    if (!store) return
    if (this.keeping.push(kept) > 1) return
    this.kept = Promise.resolve().then(() => {
      const all = this.keeping
      this.keeping = []
      return this.watch(store.keep(pair, all))
    })
  }

  /** First remembered, then given: a reload between the two is the only gap, and no duplicate is possible. */
  private async giveAll(): Promise<void> {
    if (this.isGiving) return
    this.isGiving = true
    while (this.giving.length > 0) {
      const batch = this.giving
      this.giving = []
      const last = batch[batch.length - 1]
      if (this.setup.store) await this.watch(this.setup.store.hear(this.setup.pair, last.line16, last.n))
      for (const { content } of batch) {
        const read = readContent(content)
        if (read) this.setup.hear({ type: 'message', value: read.value })
      }
      this.driver.handle({ type: 'given', n: last.n })
    }
    this.isGiving = false
  }

  /** A store that fails costs the promise of reloads, not the conversation; the application is told. */
  private watch(done: Promise<void>): Promise<void> {
    return done.catch((error) => this.setup.hear({ type: 'storage-failed', error }))
  }
}
