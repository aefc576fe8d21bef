import { hex, type Bytes } from '../client/src/codec/bytes.ts'
import type { LoadLinks } from '../client/src/direct/lazy-links.ts'
import type { LinksNews } from '../client/src/direct/links-news.ts'
import type { LinksSetup } from '../client/src/direct/session-links.ts'
import { peerId20 } from '../client/src/identity/peer-id.ts'

const FULL_BYTES = 262_144

/** In the place of WebRTC: links between the members of one test, in order and lossless until they are cut, which loses what is under way. */
export class Wires {
  private readonly ends = new Map<string, (news: LinksNews) => void>()
  private readonly wires = new Map<string, { line: Promise<unknown>; pendingBytes: number; isFull: boolean }>()
  /** Frames that links carried. */
  carried = 0

  constructor(private readonly delayMs: () => number = () => 0) {}

  /** What loads a page's direct links, loads these. */
  readonly load: LoadLinks = async () => {
    const wires = this
    class End {
      private readonly self: string
      constructor(setup: LinksSetup, tell: (news: LinksNews) => void) {
        this.self = hex(peerId20(setup.identity.publicKey))
        wires.ends.set(this.self, tell)
      }
      hear(): void {}
      send(peer20: Bytes, payload: Bytes): void {
        wires.carry(this.self, hex(peer20), payload)
      }
      isFull(peer20: Bytes): boolean {
        return !!wires.wires.get(this.self + hex(peer20))?.isFull
      }
      stop(): void {
        wires.ends.delete(this.self)
      }
    }
    return { SessionLinks: End } as unknown as Awaited<ReturnType<LoadLinks>>
  }

  knows(peer: string): boolean {
    return this.ends.has(peer)
  }

  isLaid(a: string, b: string): boolean {
    return this.wires.has(a + b)
  }

  lay(a: string, b: string): void {
    for (const [from, to] of [[a, b], [b, a]]) this.wires.set(from + to, { line: Promise.resolve(), pendingBytes: 0, isFull: false })
    for (const [from, to] of [[a, b], [b, a]]) this.ends.get(from)?.({ type: 'up', peer20: bytes(to) })
  }

  cut(a: string, b: string): void {
    for (const [from, to] of [[a, b], [b, a]]) if (this.wires.delete(from + to)) this.ends.get(from)?.({ type: 'down', peer20: bytes(to) })
  }

  /** Says over a link what no honest member says. */
  carry(from: string, to: string, payload: Bytes): void {
    const wire = this.wires.get(from + to)
    if (!wire) return
    wire.pendingBytes += payload.length
    wire.isFull = wire.isFull || wire.pendingBytes > FULL_BYTES
    wire.line = wire.line
      .then(() => new Promise((done) => setTimeout(done, this.delayMs())))
      .then(() => {
        if (this.wires.get(from + to) !== wire) return
        this.carried++
        this.ends.get(to)?.({ type: 'frame', peer20: bytes(from), payload })
        wire.pendingBytes -= payload.length
        if (!wire.isFull || wire.pendingBytes > 0) return
        wire.isFull = false
        this.ends.get(from)?.({ type: 'drained', peer20: bytes(to) })
      })
  }
}

const bytes = (peer: string): Bytes => new Uint8Array(Buffer.from(peer, 'hex'))
