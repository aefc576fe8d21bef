import { fromHex, utf8, type Bytes } from '../codec/bytes.ts'
import { writeCast, writeSend } from '../door/peer-frames.ts'
import { FeedHost, newEpoch } from '../feeds/feed-host.ts'
import { KIND, MAX_BODY_BYTES } from '../feeds/feed-frames.ts'
import type { P2PApp } from '../p2p/p2p-app.ts'
import { RoostError } from '../p2p/roost-error.ts'
import { writeFeed } from '../p2p/talk-frames.ts'
import { TextReader, type ReadOptions } from './text-reader.ts'

export interface HostOptions {
  title?: string
  format?: 'plain' | 'ansi' | 'md'
}

/** Tokens of one frame travel as one entry. */
const FLUSH_MS = 16

/**
 * Text that is shared while it is written: seed 004's onLLMToken in three lines. Late readers get all of it, and in a room of
 * one's own (`app.createRoom()`) the hub's page at `/#fragment` is a reader too.
 */
export class TextStream {
  private pending = ''
  private timer: ReturnType<typeof setTimeout> | undefined
  private line: Promise<void> = Promise.resolve()
  private readonly off: (() => void)[]
  private isEnded = false

  private constructor(
    private readonly app: P2PApp,
    private readonly feed: FeedHost,
  ) {
    const { signaling, connectionManager } = app
    this.off = [
      signaling.on('cast', ({ from, payload }) => this.answer(from, payload, false)),
      connectionManager.on('frame', ({ peerId, frame }) => frame.type === 'feed' && this.answer(peerId, frame.bytes, true)),
    ]
  }

  /** Starts a stream in the room that the app is in. */
  static async host(app: P2PApp, options: HostOptions = {}): Promise<TextStream> {
    const { provider, identity, desk } = app.signaling
    if (!desk) throw new RoostError('no-room', 'A stream needs a room.', 'Call joinRoom or createRoom first.')
    const epoch16 = newEpoch(Date.now(), crypto.getRandomValues(new Uint8Array(10)))
    const stream = new TextStream(app, await FeedHost.create(provider, desk.keys, identity, epoch16))
    await stream.append(KIND.meta, utf8(JSON.stringify({ v: 1, title: options.title || '', format: options.format || 'plain', t: Date.now() })))
    return stream
  }

  /** What somebody streams in the app's room, from the start. */
  static read(app: P2PApp, options: ReadOptions = {}): TextReader {
    return new TextReader(app, options)
  }

  /** Never waits for readers. */
  write(text: string): void {
    if (this.isEnded) throw new RoostError('stream-ended', 'This stream has ended.', 'Host another one.')
    this.pending += text
    this.timer = this.timer || setTimeout(() => this.flush(), FLUSH_MS)
  }

  /** The stream is complete; resolves when its last entry is on the way. Readers who come later are still answered. */
  end(exit: number | null = 0): Promise<void> {
    if (this.isEnded) return this.line
    this.flush()
    this.isEnded = true
    return this.append(KIND.end, utf8(JSON.stringify({ exit, reason: 'eof' })))
  }

  /** Stops answering. */
  close(): void {
    clearTimeout(this.timer)
    this.off.forEach((off) => off())
  }

  private flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const bytes = utf8(this.pending)
    this.pending = ''
    for (let at = 0; at < bytes.length; at += MAX_BODY_BYTES) void this.append(KIND.text, bytes.slice(at, at + MAX_BODY_BYTES))
  }

  private append(kind: number, body: Bytes): Promise<void> {
    const appending = this.feed.append(kind, body)
    this.line = this.line.then(() => appending).then((live) => this.publish(live))
    return this.line
  }

  /** Over open channels, and once over the hub where somebody has none; terminals read it there too. */
  private publish(live: Bytes): void {
    const { signaling, connectionManager: manager } = this.app
    const members = [...signaling.desk!.members.keys()]
    const open = members.filter((peerId) => manager.isDirect(peerId))
    for (const peerId of open) void manager.write(peerId, writeFeed(live))
    if (open.length < members.length) signaling.link.transmit(writeCast(signaling.desk!.keys.room16, live))
  }

  private answer(peerId: string, payload: Bytes, overChannel: boolean): void {
    const { signaling, connectionManager } = this.app
    for (const frame of this.feed.answer(payload)) {
      if (overChannel) void connectionManager.write(peerId, writeFeed(frame))
      else signaling.link.transmit(writeSend(signaling.desk!.keys.room16, fromHex(peerId)!, frame))
    }
  }
}
