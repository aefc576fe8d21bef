import { hex, type Bytes } from '../codec/bytes.ts'
import { sha1 } from '../crypto/sha1.ts'
import { sha256 } from '../crypto/sha256.ts'

/** 20 bytes on the wire, 40 lower-case hex digits in text. */
export const peerId20 = (publicKey: Uint8Array): Bytes => sha1(publicKey)
export const peerIdText = (publicKey: Uint8Array): string => hex(sha1(publicKey))

/** How an invite names the owner of a room. */
export const owner16 = (publicKey: Uint8Array): Bytes => sha256(publicKey).slice(0, 16)
