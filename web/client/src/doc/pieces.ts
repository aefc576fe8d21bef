import { ByteReader } from '../codec/byte-reader.ts'
import { concat, type Bytes } from '../codec/bytes.ts'
import { varuint } from '../codec/varuint.ts'
import { MAX_BODY_BYTES } from '../feeds/feed-frames.ts'
import { writeCovered, type CoveredFeed } from './roll-frames.ts'

const MAX_PIECE = MAX_BODY_BYTES - 8
const MAX_PAYLOAD = 64 * 1_048_576

/** Bodies of entries that hold what is larger than one: each behind the number of those that follow. */
export function cutPieces(payload: Bytes): Bytes[] {
  const count = Math.max(1, Math.ceil(payload.length / MAX_PIECE))
  const bodies: Bytes[] = []
  for (let i = 0; i < count; i++) bodies.push(concat(varuint(count - 1 - i), payload.subarray(i * MAX_PIECE, (i + 1) * MAX_PIECE)))
  return bodies
}

/** Joins the pieces of one feed again. What does not fit together is dropped. */
export class Pieces {
  private parts: Bytes[] = []
  private kind = 0
  private left = 0
  private bytes = 0

  add(kind: number, body: Bytes): Bytes | undefined {
    const r = new ByteReader(body)
    const left = r.varuint()
    const part = r.rest()
    if (!(this.left > 0 && kind === this.kind && left === this.left - 1)) this.clear()
    this.bytes += part.length
    if (!r.ok || this.bytes > MAX_PAYLOAD) {
      this.clear()
      return undefined
    }
    this.parts.push(part)
    this.kind = kind
    this.left = left
    if (left > 0) return undefined
    const payload = concat(...this.parts)
    this.clear()
    return payload
  }

  private clear(): void {
    this.parts = []
    this.left = this.bytes = 0
  }
}

/** What the pieces of a checkpoint hold. */
export interface Checkpoint {
  covered: CoveredFeed[]
  stateVector: Bytes
  update: Bytes
}

export function writeCheckpoint({ covered, stateVector, update }: Checkpoint): Bytes {
  return concat(varuint(covered.length), ...covered.map(writeCovered), varuint(stateVector.length), stateVector, update)
}

export function readCheckpoint(bytes: Bytes): Checkpoint | undefined {
  const r = new ByteReader(bytes)
  const covered: CoveredFeed[] = []
  for (let count = r.varuint(); count > 0 && r.ok; count--) covered.push({ epoch16: r.bytes(16), n: r.varuint() })
  const stateVector = r.bytes(r.varuint())
  const update = r.rest()
  return r.ok ? { covered, stateVector, update } : undefined
}
