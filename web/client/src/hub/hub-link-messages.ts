import type { Bytes } from '../codec/bytes.ts'
import type { HubFrame } from '../door/door-frames.ts'
import type { Transcript } from '../door/peer-frames.ts'

/** What HubLinkCore is told. */
export type HubLinkInput =
  | { type: 'start' }
  | { type: 'opened' }
  | { type: 'message'; bytes: Bytes }
  | { type: 'closed'; code: number }
  | { type: 'signed'; ticket: number; sig64: Bytes }
  | { type: 'checked'; ticket: number; welcome: Welcome | undefined }
  | { type: 'transmit'; bytes: Bytes }
  | { type: 'join'; room: RoomToJoin }
  | { type: 'leave'; room16: Bytes }
  | { type: 'online' }
  | { type: 'stop' }

/** What HubLinkCore wants done. */
export type HubLinkEffect =
  | { type: 'dial'; url: string }
  | { type: 'transmit'; bytes: Bytes }
  | { type: 'hang-up'; code: number }
  | { type: 'sign'; ticket: number; room: RoomToJoin | undefined; message: Bytes }
  | ({ type: 'check'; ticket: number } & SignedWelcome)
  | { type: 'open'; welcome: Welcome; url: string; hubPub32: Bytes }
  | { type: 'join-sent'; room16: Bytes }
  | { type: 'lost'; code: number; retryAtMs: number }
  | { type: 'frame'; frame: HubFrame }
  | { type: 'stopped'; why: StopReason }

export type StopReason = 'asked' | 'replaced'

export interface RoomToJoin {
  room16: Bytes
  owner16: Bytes
  joinPub32: Bytes
  session16: Bytes
  flags: number
}

/** WELCOME as it came, and what its signature has to cover. */
export interface SignedWelcome {
  proof: Transcript
  json: Bytes
  sig64: Bytes
}

/** The JSON of WELCOME, with defaults where a hub leaves something out. */
export interface Welcome {
  iceServers: RTCIceServer[]
  hubs: string[]
  limits: { frameBytes: number; rooms: number; pingMs: number }
}

export const DEFAULT_PING_MS = 25_000
