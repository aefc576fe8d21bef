import { ByteReader } from '../codec/byte-reader.ts'
import { concat, utf8, type Bytes } from '../codec/bytes.ts'
import { varuint } from '../codec/varuint.ts'

/** docs/protocol/documents.md, "Rooms": where all feeds of a document stand that the sender holds. */
export interface Roll {
  author32: Bytes
  /** Whether the sender asks for the receiver's roll in return. */
  answer: boolean
  lines: RollLine[]
}

export interface RollLine {
  epoch16: Bytes
  n: number
  chain32: Bytes
  sig64: Bytes
}

export interface CoveredFeed {
  epoch16: Bytes
  n: number
}

const ROLL = 0x06
const COVER = 0x07
export const MAX_LINES = 500
export const MAX_COVERED = 2_000

export function writeRoll({ author32, answer, lines }: Roll): Bytes {
  return concat([ROLL], author32, [answer ? 1 : 0], ...lines.map(({ epoch16, n, chain32, sig64 }) => concat(epoch16, varuint(n), chain32, sig64)))
}

export function readRoll(bytes: Bytes): Roll | undefined {
  const r = new ByteReader(bytes)
  if (r.u8() !== ROLL) return undefined
  const author32 = r.bytes(32)
  const answer = r.u8()
  const lines: RollLine[] = []
  while (r.ok && r.left > 0) {
    if (lines.length === MAX_LINES) return undefined
    lines.push({ epoch16: r.bytes(16), n: r.varuint(), chain32: r.bytes(32), sig64: r.bytes(64) })
  }
  return r.done && answer <= 1 ? { author32, answer: answer === 1, lines } : undefined
}

/** What the write key signs to say that these feeds may go. */
export function coverMessage(room16: Bytes, epoch16: Bytes, n: number, feeds: CoveredFeed[]): Bytes {
  return concat(utf8('roost-cover-1'), room16, epoch16, varuint(n), ...feeds.map(writeCovered))
}

export function writeCover(author32: Bytes, epoch16: Bytes, n: number, feeds: CoveredFeed[], sig64: Bytes): Bytes {
  return concat([COVER], author32, epoch16, varuint(n), sig64, ...feeds.map(writeCovered))
}

export const writeCovered = ({ epoch16, n }: CoveredFeed): Bytes => concat(epoch16, varuint(n))
