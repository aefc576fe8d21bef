import type { Bytes } from '../codec/bytes.ts'
import type { Clock } from '../cores/core-driver.ts'
import type { Crypto } from '../crypto/provider.ts'
import type { LoadLinks } from '../direct/lazy-links.ts'
import type { Via } from '../direct/links-news.ts'
import type { DocumentInvite } from './document-invite.ts'
import type { DocumentStore } from './document-store.ts'

export interface DocumentSetup {
  invite: DocumentInvite
  hubs: string[]
  crypto: Crypto
  store: DocumentStore
  clock?: Clock
  socket?: (url: string) => WebSocket
  /** Loads the code of direct links; without, all goes over the hub. */
  links?: LoadLinks
  /** When a writer makes a checkpoint; the defaults are those of docs/protocol/documents.md. */
  limits?: { entries: number; bytes: number; feeds: number }
}

export interface DocumentListener {
  /** Somebody's change, version 1. False: no document can take it. */
  update(bytes: Bytes): boolean
  /** Somebody's checkpoint, version 2. True when it was taken whole: what it covers is dropped then. */
  checkpoint(bytes: Bytes, stateVector: Bytes): boolean
  /** The whole document, to make a checkpoint of. */
  state(): { update: Bytes; stateVector: Bytes }
  presence(from: string, update: Bytes): void
  gone(peer: string): void
  /** How a member is reached; undefined over the hub. */
  path(peer: string, via: Via | undefined): void
  status(status: DocumentStatus): void
}

export interface DocumentStatus {
  link: 'connecting' | 'open' | 'lost' | 'replaced'
  members: number
  /** Members that are linked with directly. */
  linked: number
  caughtUp: boolean
  refusal: { code: number; text: string } | undefined
  /** What no document could take, and what nobody of the room sealed or signed. */
  refused: number
  forked: boolean
  /** The disk refuses: what is written from here on is only on this page. */
  unkept: boolean
}
