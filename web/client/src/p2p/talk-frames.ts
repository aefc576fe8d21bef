import { ByteReader } from '../codec/byte-reader.ts'
import { concat, type Bytes } from '../codec/bytes.ts'
import { varuint } from '../codec/varuint.ts'

/** docs/protocol/signaling.md, "Channels": the messages on `main`. */
export type TalkFrame =
  | { type: 'line'; line16: Bytes }
  | { type: 'ack'; line16: Bytes; n: number }
  | { type: 'signal'; text: string }
  | { type: 'data'; n: number; format: number; bytes: Bytes }
  | { type: 'request' | 'response'; id: number; text: string }
  | { type: 'ping' | 'pong'; bytes: Bytes }
  | { type: 'file'; id: number; step: number; bytes: Bytes }
  | { type: 'feed'; bytes: Bytes }

export function readTalkFrame(message: Bytes): TalkFrame | undefined {
  const r = new ByteReader(message)
  const frame = read(r.u8(), r)
  return frame && r.done ? frame : undefined
}

function read(kind: number, r: ByteReader): TalkFrame | undefined {
  switch (kind) {
    case 1:
      return { type: 'line', line16: r.bytes(16) }
    case 2:
      return { type: 'ack', line16: r.bytes(16), n: r.varuint() }
    case 3:
      return { type: 'signal', text: r.text(r.left) }
    case 4:
      return { type: 'data', n: r.varuint(), format: r.u8(), bytes: r.rest() }
    case 5:
    case 6:
      return { type: kind === 5 ? 'request' : 'response', id: r.varuint(), text: r.text(r.left) }
    case 7:
    case 8:
      return { type: kind === 7 ? 'ping' : 'pong', bytes: r.rest() }
    case 9:
      return { type: 'file', id: r.varuint(), step: r.u8(), bytes: r.view() }
    case 10:
      return { type: 'feed', bytes: r.rest() }
  }
  return undefined
}

export const writeLine = (line16: Bytes): Bytes => concat([1], line16)
export const writeTalkAck = (line16: Bytes, n: number): Bytes => concat([2], line16, varuint(n))
export const writeData = (n: number, format: number, bytes: Bytes): Bytes => concat([4], varuint(n), [format], bytes)
export const writeCall = (kind: 5 | 6, id: number, json: Bytes): Bytes => concat([kind], varuint(id), json)
export const writeEcho = (kind: 7 | 8, bytes: Bytes): Bytes => concat([kind], bytes)
export const writeFile = (id: number, step: number, ...body: Bytes[]): Bytes => concat([9], varuint(id), [step], ...body)
export const writeFeed = (bytes: Bytes): Bytes => concat([10], bytes)
