import { ByteReader } from '../codec/byte-reader.ts'
import type { Bytes } from '../codec/bytes.ts'

/** The frames of docs/protocol/door.md that a hub sends, as a peer reads them. */
export type HubFrame =
  | { type: 'hello'; hubPub32: Bytes; hubNonce32: Bytes }
  | { type: 'welcome'; sig64: Bytes; json: Bytes }
  | { type: 'members'; room16: Bytes; more: boolean; members: Member[] }
  | { type: 'joined'; room16: Bytes; member: Member }
  | { type: 'left'; room16: Bytes; peer20: Bytes; reason: number }
  | { type: 'signal'; src20: Bytes; dst20: Bytes; payload: Bytes }
  | { type: 'cast'; src20: Bytes; room16: Bytes; payload: Bytes }
  | { type: 'send'; src20: Bytes; room16: Bytes; dst20: Bytes; payload: Bytes }
  | { type: 'gap'; room16: Bytes; src20: Bytes; dropped: number }
  | { type: 'ping'; body: Bytes }
  | { type: 'pong'; body: Bytes }
  | { type: 'error'; code: number; re: number; text: string }

export interface Member {
  peer20: Bytes
  session16: Bytes
  role: number
}

export const DOOR_VERSION = 1
/** A peer's own frames; the hub adds src20 on delivery and stays below 65,536. */
export const MAX_FRAME_BYTES = 65_516
export const ROLE_HOST = 1

/** Reads a frame from a hub; undefined for anything that docs/protocol/door.md does not describe. */
export function readHubFrame(bytes: Bytes): HubFrame | undefined {
  const r = new ByteReader(bytes)
  const read = READERS[r.u8()]
  const frame = read && read(r)
  return frame && r.done ? frame : undefined
}

const READERS: Record<number, (r: ByteReader) => HubFrame | undefined> = {
  0x01: (r) => (r.u8() === DOOR_VERSION ? { type: 'hello', hubPub32: r.bytes(32), hubNonce32: r.bytes(32) } : undefined),
  0x03: (r) => ({ type: 'welcome', sig64: r.bytes(64), json: r.rest() }),
  0x06: (r) => {
    const frame = { type: 'members' as const, room16: r.bytes(16), more: r.u8() === 1, members: [] as Member[] }
    for (let count = r.u16(); count > 0 && r.ok; count--) frame.members.push(readMember(r))
    return frame
  },
  0x07: (r) => ({ type: 'joined', room16: r.bytes(16), member: readMember(r) }),
  0x08: (r) => ({ type: 'left', room16: r.bytes(16), peer20: r.bytes(20), reason: r.u8() }),
  0x09: (r) => ({ type: 'signal', src20: r.bytes(20), dst20: r.bytes(20), payload: r.rest() }),
  0x0a: (r) => ({ type: 'cast', src20: r.bytes(20), room16: r.bytes(16), payload: r.rest() }),
  0x0b: (r) => ({ type: 'send', src20: r.bytes(20), room16: r.bytes(16), dst20: r.bytes(20), payload: r.rest() }),
  0x0c: (r) => ({ type: 'gap', room16: r.bytes(16), src20: r.bytes(20), dropped: r.u32() }),
  0x0d: (r) => ({ type: 'ping', body: r.rest() }),
  0x0e: (r) => ({ type: 'pong', body: r.rest() }),
  0x0f: (r) => ({ type: 'error', code: r.u16(), re: r.u32(), text: r.text(r.left) }),
}

function readMember(r: ByteReader): Member {
  return { peer20: r.bytes(20), session16: r.bytes(16), role: r.u8() }
}
