import { ByteReader } from '../codec/byte-reader.ts'
import { utf8, type Bytes } from '../codec/bytes.ts'
import { varuint } from '../codec/varuint.ts'
import { writeFile, type TalkFrame } from '../p2p/talk-frames.ts'

/** docs/protocol/signaling.md, "Files". */
export type FileFrame =
  | { step: 'offer'; about: FileAbout; again: boolean }
  | { step: 'chunk'; at: number; bytes: Bytes }
  | { step: 'part'; n: number; digest32: Bytes }
  | { step: 'from'; n: number; digest32: Bytes }
  | { step: 'have'; n: number }
  | { step: 'decline' | 'stop' }

export interface FileAbout {
  /** The same for the same file, so that it is known again after a reload: 32 hex digits. */
  key: string
  name: string
  size: number
  mime: string
}

/** A chunk in its frame fits one message of a channel: the larger, the fewer turns of both pages. */
export const CHUNK_BYTES = 212_400
/** A chunk in its frame and envelope fits a SEND of the hub. */
export const RELAYED_CHUNK_BYTES = 59_000
/** What a chunk has before its bytes, at most. */
export const CHUNK_HEAD_BYTES = 24
/** What is hashed, kept and acknowledged at once. */
export const PART_BYTES = 5 * CHUNK_BYTES

export const partsOf = (size: number): number => Math.ceil(size / PART_BYTES)

const STEPS = ['offer', 'chunk', 'part', 'decline', 'from', 'have', 'stop'] as const

export function readFileFrame({ step, bytes }: TalkFrame & { type: 'file' }): FileFrame | undefined {
  const r = new ByteReader(bytes)
  const frame = read(STEPS[step], r)
  return frame && r.done ? frame : undefined
}

function read(step: (typeof STEPS)[number] | undefined, r: ByteReader): FileFrame | undefined {
  switch (step) {
    case 'offer':
      return readOffer(r.text(r.left))
    case 'chunk':
      return { step, at: r.varuint(), bytes: r.view() }
    case 'part':
    case 'from':
      return { step, n: r.varuint(), digest32: r.bytes(32) }
    case 'have':
      return { step, n: r.varuint() }
    case 'decline':
    case 'stop':
      return { step }
  }
  return undefined
}

function readOffer(text: string): FileFrame | undefined {
  try {
    const { key, name, size, mime, again } = JSON.parse(text)
    if (!/^[0-9a-f]{32}$/.test(key) || typeof name !== 'string' || !Number.isSafeInteger(size) || size < 0) return undefined
    return { step: 'offer', again: again === true, about: { key, size, name: nameOf(name), mime: String(mime || '') } }
  } catch {
    return undefined
  }
}

/** A name is a name, never a path. */
const nameOf = (said: string): string => said.replace(/^.*[\\/]/, '').slice(0, 255) || 'file'

/** The whole message of a frame, for `main`. */
export function writeFileFrame(id: number, frame: FileFrame): Bytes {
  return writeFile(id, STEPS.indexOf(frame.step), ...bodyOf(frame))
}

/** The same for a chunk, in memory that is used again, since new memory costs browsers more than copying. */
export function writeChunk(id: number, at: number, bytes: Bytes, into: Bytes): Bytes {
  const head = writeFile(id, STEPS.indexOf('chunk'), varuint(at))
  into.set(head)
  into.set(bytes, head.length)
  return into.subarray(0, head.length + bytes.length)
}

function bodyOf(frame: FileFrame): Bytes[] {
  switch (frame.step) {
    case 'offer':
      // Seed 001 has `type` twice here, so that the MIME type replaced the message's.
      return [utf8(JSON.stringify({ ...frame.about, again: frame.again || undefined }))]
    case 'chunk':
      return [varuint(frame.at), frame.bytes]
    case 'part':
    case 'from':
      return [varuint(frame.n), frame.digest32]
    case 'have':
      return [varuint(frame.n)]
    default:
      return []
  }
}
