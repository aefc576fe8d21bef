import { concat, fromBase64Url, toBase64Url, utf8, type Bytes } from '../codec/bytes.ts'
import { hkdfExpand, hkdfExtract } from '../crypto/hkdf.ts'
import type { Crypto, Signer } from '../crypto/provider.ts'
import { owner16 } from '../identity/peer-id.ts'
import type { InviteFault } from '../rooms/invite.ts'

const VERSION = 1
const DOCUMENT = 1
const MAY_WRITE = 2

/** docs/protocol/rooms.md: the link of a document. With a write seed its holder may write, without it only read. */
export interface DocumentInvite {
  secret16: Bytes
  owner16: Bytes
  write?: Signer
  seed16?: Bytes
}

export async function readDocumentInvite(crypto: Crypto, text: string): Promise<DocumentInvite | InviteFault> {
  const bytes = fromBase64Url(text.slice(text.indexOf('#') + 1).trim())
  if (!bytes || bytes.length !== 34) return 'damaged'
  if (bytes[0] !== VERSION || (bytes[1] !== DOCUMENT && bytes[1] !== (DOCUMENT | MAY_WRITE))) return 'newer'
  const secret16 = bytes.slice(2, 18)
  const last = bytes.slice(18, 34)
  return bytes[1] & MAY_WRITE ? writableInvite(crypto, secret16, last) : { secret16, owner16: last }
}

export async function writableInvite(crypto: Crypto, secret16: Bytes, seed16: Bytes): Promise<DocumentInvite> {
  const write = await crypto.ed25519.fromSeed(hkdfExpand(hkdfExtract(utf8('roost/1'), seed16), utf8('write'), 32))
  return { secret16, owner16: owner16(write.publicKey), write, seed16 }
}

/** What stands behind the `#`. */
export function writeDocumentInvite({ secret16, owner16, seed16 }: DocumentInvite, readOnly = false): string {
  return seed16 && !readOnly ? toBase64Url(concat([VERSION, DOCUMENT | MAY_WRITE], secret16, seed16)) : toBase64Url(concat([VERSION, DOCUMENT], secret16, owner16))
}
