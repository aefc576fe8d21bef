import { concat, utf8, type Bytes } from '../codec/bytes.ts'
import { str8 } from '../codec/varuint.ts'
import { sha256 } from '../crypto/sha256.ts'

/** The frames of docs/protocol/door.md that a peer sends. */
export interface Transcript {
  hubPub32: Bytes
  hubNonce32: Bytes
  peerPub32: Bytes
  peerNonce32: Bytes
  network: string
  authority: string
}

export const TELL_HOSTS_ONLY = 1

export function writeAuth(t: Transcript, sig64: Bytes): Bytes {
  return concat([0x02], t.peerPub32, t.peerNonce32, str8(t.network), str8(t.authority), sig64)
}

export interface Join {
  room16: Bytes
  owner16: Bytes
  joinPub32: Bytes
  session16: Bytes
  flags: number
}

export function writeJoin(join: Join, sig64: Bytes): Bytes {
  return concat([0x04], join.room16, join.owner16, join.joinPub32, join.session16, [join.flags], sig64)
}

export const writeLeave = (room16: Bytes): Bytes => concat([0x05], room16)
export const writeSignal = (dst20: Bytes, payload: Bytes): Bytes => concat([0x09], dst20, payload)
export const writeCast = (room16: Bytes, payload: Bytes): Bytes => concat([0x0a], room16, payload)
export const writeSend = (room16: Bytes, dst20: Bytes, payload: Bytes): Bytes => concat([0x0b], room16, dst20, payload)
export const writePing = (body: Bytes): Bytes => concat([0x0d], body)
export const writePong = (body: Bytes): Bytes => concat([0x0e], body)

/** T of docs/protocol/door.md: what both sides sign, so that no proof fits another hub, peer, network or address. */
function transcript(t: Transcript): Bytes {
  return concat(t.hubPub32, t.hubNonce32, t.peerPub32, t.peerNonce32, str8(t.network), str8(t.authority))
}

export const authMessage = (t: Transcript): Bytes => concat(utf8('roost-peer-1'), transcript(t))

export const welcomeMessage = (t: Transcript, json: Bytes): Bytes => concat(utf8('roost-welcome-1'), transcript(t), sha256(json))

export function joinMessage(hubNonce32: Bytes, peer20: Bytes, room16: Bytes, session16: Bytes): Bytes {
  return concat(utf8('roost-join-1'), hubNonce32, peer20, room16, session16)
}

/** Nothing more comes from here; the hub sends what it has and closes. */
export const writeGoodbye = (): Bytes => new Uint8Array([0x10])

/** `host:port` as dialled, lower case, the port always written. */
export function authorityOf(url: string): string {
  const { hostname, port, protocol } = new URL(url)
  return `${hostname.toLowerCase()}:${port || (protocol === 'wss:' || protocol === 'https:' ? 443 : 80)}`
}
