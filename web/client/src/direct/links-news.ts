import type { Bytes } from '../codec/bytes.ts'
import type { PeerPath } from '../p2p/peer-path.ts'

/** What direct links tell a session. */
export type LinksNews =
  /** Frames to this peer go over the link from here on (up), or over the hub again (down); it takes no more for now (full), or more again (drained). */
  | { type: 'up' | 'down' | 'full' | 'drained'; peer20: Bytes }
  | { type: 'frame'; peer20: Bytes; payload: Bytes }
  | { type: 'path'; peer20: Bytes; via: Via }

/** A direct path, and the round trip over it. */
export interface Via {
  path: Exclude<PeerPath, 'hub'>
  rttMs: number
}
