import type { Bytes } from '../codec/bytes.ts'
import { owner16 } from '../identity/peer-id.ts'
import { writeInvite, type Invite } from './invite.ts'

/** An invite to a new room of this key's own, and its fragment. */
export function newInvite(publicKey: Bytes): { invite: Invite; code: string } {
  const invite = { secret16: crypto.getRandomValues(new Uint8Array(16)), owner16: owner16(publicKey) }
  return { invite, code: writeInvite(invite) }
}
