import { equal, fromHex, type Bytes } from '../codec/bytes.ts'
import { CoreDriver } from '../cores/core-driver.ts'
import { ROLE_HOST } from '../door/door-frames.ts'
import { writeSend } from '../door/peer-frames.ts'
import { EntryOpener, type OpenEntry } from '../feeds/entry-opener.ts'
import { KIND } from '../feeds/feed-frames.ts'
import { FeedReader, type FeedEffect, type FeedInput } from '../feeds/feed-reader.ts'
import { owner16, peerId20 } from '../identity/peer-id.ts'
import { verify } from '../identity/strict.ts'
import { abortError, onAbort } from '../p2p/emitter.ts'
import type { P2PApp } from '../p2p/p2p-app.ts'
import { RoostError } from '../p2p/roost-error.ts'
import { writeFeed } from '../p2p/talk-frames.ts'

export interface ReadOptions {
  /** Whose stream; default: the host of a room that has one, who is waited for. */
  from?: string
  signal?: AbortSignal
}

/** A stream as an async sequence of pieces of text, in order, without gaps; it ends with the stream. */
export class TextReader implements AsyncIterable<string> {
  /** Set once the stream has ended. */
  exit: number | null | undefined
  private from: string | undefined
  private readonly driver: CoreDriver<FeedInput, FeedEffect>
  private readonly opener: EntryOpener
  private readonly decoder = new TextDecoder()
  private readonly off: (() => void)[]
  private queue: string[] = []
  private finished: true | Error | undefined
  private wake: (() => void) | undefined

  constructor(
    private readonly app: P2PApp,
    options: ReadOptions,
  ) {
    const { signaling, connectionManager } = app
    const desk = signaling.desk
    if (!desk) throw new RoostError('no-room', 'A stream is read in its room.', 'Call joinRoom first.')
    const { room16, owner16: owner, prk } = desk.keys
    const { from } = options
    if (!from && !owner.some(Boolean)) throw new RoostError('no-host', 'Nobody hosts an open room.', 'Say whose stream to read with `from`.')
    const isAuthor = (author32: Bytes): boolean => (from ? equal(peerId20(author32), fromHex(from)!) : equal(owner16(author32), owner))
    this.from = from
    this.opener = new EntryOpener(signaling.provider, prk)
    const core = new FeedReader(room16, isAuthor)
    this.driver = new CoreDriver(core, (effect) => this.perform(effect))
    const hear = (peerId: string, bytes: Bytes, isDirect = false): void => void (peerId === this.from && this.driver.handle({ type: 'frame', bytes, isDirect }))
    const here = (peerId: string, isHere: boolean): void => void (peerId === this.from && this.driver.handle({ type: 'source', here: isHere }))
    const meet = (peerId: string): void => {
      if (!from && desk.members.get(peerId)?.role === ROLE_HOST) this.from = peerId
      here(peerId, true)
    }
    this.off = [
      signaling.on('cast', ({ from: peerId, payload }) => hear(peerId, payload)),
      connectionManager.on('frame', ({ peerId, frame }) => frame.type === 'feed' && hear(peerId, frame.bytes, true)),
      connectionManager.on('peer-connected', ({ peerId }) => here(peerId, true)),
      signaling.on('peer-joined', ({ peerId }) => meet(peerId)),
      signaling.on('peer-left', ({ peerId }) => here(peerId, connectionManager.isOpen(peerId))),
    ]
    onAbort(options.signal, () => this.finish(abortError('The reading')))
    for (const peerId of [...desk.members.keys(), ...connectionManager.peerIds.filter((peerId) => connectionManager.isOpen(peerId))]) meet(peerId)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    try {
      for (;;) {
        const pieces = this.queue
        this.queue = []
        if (pieces.length > 0) yield pieces.join('')
        else if (this.finished === true) return
        else if (this.finished) throw this.finished
        else await new Promise<void>((wake) => (this.wake = wake))
      }
    } finally {
      this.close()
    }
  }

  close(): void {
    this.off.forEach((off) => off())
    this.driver.stop()
  }

  private perform(effect: FeedEffect): void {
    const { signaling, connectionManager } = this.app
    if (effect.type === 'send' && this.from) {
      // By way of the hub as terminals do too: their hosts read no messages of applications there.
      if (connectionManager.isDirect(this.from)) void connectionManager.write(this.from, writeFeed(effect.payload))
      else signaling.link.transmit(writeSend(signaling.desk!.keys.room16, fromHex(this.from)!, effect.payload))
    } else if (effect.type === 'check') {
      void verify(signaling.provider.ed25519, effect.key, effect.message, effect.sig64).then((ok) => this.driver.handle({ type: 'checked', ticket: effect.ticket, ok }))
    } else if (effect.type === 'entries') this.opener.open(effect.name, effect.entries, (entries) => this.deliver(entries))
    else if (effect.type === 'fault') this.finish(new RoostError(effect.fault, 'The author contradicted what he signed before.', 'Ask him for a new stream.'))
  }

  private deliver(entries: OpenEntry[]): void {
    for (const { kind, body } of entries) {
      if (kind === KIND.text && body) this.queue.push(this.decoder.decode(body, { stream: true }))
      if (kind === KIND.end && body) {
        this.exit = exitOf(body)
        this.finish(true)
      }
    }
    this.wake?.()
  }

  private finish(how: true | Error): void {
    this.finished = this.finished || how
    this.wake?.()
  }
}

function exitOf(body: Bytes): number | null {
  try {
    const { exit } = JSON.parse(new TextDecoder().decode(body))
    return typeof exit === 'number' ? exit : null
  } catch {
    return null
  }
}
