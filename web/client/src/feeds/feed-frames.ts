import { ByteReader } from '../codec/byte-reader.ts'
import { concat, type Bytes } from '../codec/bytes.ts'
import { varuint } from '../codec/varuint.ts'

/** docs/protocol/feeds.md, section "Frames". */
export type FeedFrame =
  | { type: 'live'; feed8: Bytes; n: number; kind: number; sig64: Bytes; sealed: Bytes }
  | { type: 'head'; author32: Bytes; epoch16: Bytes; n: number; chain32: Bytes; sig64: Bytes }
  | { type: 'want'; feed8: Bytes; after: number; budget: number }
  | { type: 'pack'; feed8: Bytes; first: number; last?: { head: number; sig64: Bytes }; entries: SealedEntry[] }
  | { type: 'ack'; feed8: Bytes; n: number }

export interface SealedEntry {
  kind: number
  sealed: Bytes
}

export const KIND = { text: 1, meta: 2, checkpoint: 3, end: 4 } as const
export const MAX_BODY_BYTES = 60_000
const TAG_BYTES = 16

export function readFeedFrame(bytes: Bytes): FeedFrame | undefined {
  const r = new ByteReader(bytes)
  const read = READERS[r.u8()]
  const frame = read && read(r)
  return frame && r.done ? frame : undefined
}

const READERS: Record<number, (r: ByteReader) => FeedFrame | undefined> = {
  0x01: (r) => {
    const frame = { type: 'live' as const, feed8: r.bytes(8), n: r.varuint(), kind: r.u8(), sig64: r.bytes(64), sealed: r.rest() }
    return isSealed(frame.sealed) && frame.n > 0 ? frame : undefined
  },
  0x02: (r) => ({ type: 'head', author32: r.bytes(32), epoch16: r.bytes(16), n: r.varuint(), chain32: r.bytes(32), sig64: r.bytes(64) }),
  0x03: (r) => ({ type: 'want', feed8: r.bytes(8), after: r.varuint(), budget: r.varuint() }),
  0x04: readPack,
  0x05: (r) => ({ type: 'ack', feed8: r.bytes(8), n: r.varuint() }),
}

function readPack(r: ByteReader): FeedFrame | undefined {
  const feed8 = r.bytes(8)
  const first = r.varuint()
  const isLast = r.u8()
  const last = isLast === 1 ? { head: r.varuint(), sig64: r.bytes(64) } : undefined
  const entries: SealedEntry[] = []
  while (r.ok && r.left > 0) {
    const entry = { kind: r.u8(), sealed: r.bytes(r.varuint()) }
    if (!isSealed(entry.sealed)) return undefined
    entries.push(entry)
  }
  return isLast > 1 || first < 1 ? undefined : { type: 'pack', feed8, first, last, entries }
}

export function writeFeedFrame(frame: FeedFrame): Bytes {
  switch (frame.type) {
    case 'live':
      return concat([0x01], frame.feed8, varuint(frame.n), [frame.kind], frame.sig64, frame.sealed)
    case 'head':
      return concat([0x02], frame.author32, frame.epoch16, varuint(frame.n), frame.chain32, frame.sig64)
    case 'want':
      return concat([0x03], frame.feed8, varuint(frame.after), varuint(frame.budget))
    case 'pack': {
      const last = frame.last ? concat([1], varuint(frame.last.head), frame.last.sig64) : [0]
      return concat([0x04], frame.feed8, varuint(frame.first), last, ...frame.entries.map(writeEntry))
    }
    case 'ack':
      return concat([0x05], frame.feed8, varuint(frame.n))
  }
}

export const writeEntry = (entry: SealedEntry): Bytes => concat([entry.kind], varuint(entry.sealed.length), entry.sealed)

function isSealed(sealed: Bytes): boolean {
  return sealed.length >= TAG_BYTES && sealed.length <= MAX_BODY_BYTES + TAG_BYTES
}
