import { concat, fromBase64Url, toBase64Url, type Bytes } from '../codec/bytes.ts'

const VERSION = 1

/** How to find a room and read it. It stands behind the `#` of a link, which no browser sends to a server. */
export interface Invite {
  secret16: Bytes
  owner16: Bytes
}

export type InviteFault = 'damaged' | 'newer'

/** docs/protocol/rooms.md: version ‖ flags ‖ secret16 ‖ owner16 in base64url, with or without the `#` or the link before it. */
export function readInvite(text: string): Invite | InviteFault {
  const code = text.slice(text.indexOf('#') + 1).trim()
  const bytes = fromBase64Url(code)
  if (!bytes || bytes.length !== 34) return 'damaged'
  if (bytes[0] !== VERSION || bytes[1] !== 0) return 'newer'
  return { secret16: bytes.slice(2, 18), owner16: bytes.slice(18, 34) }
}

export function writeInvite(invite: Invite): string {
  return toBase64Url(concat([VERSION, 0], invite.secret16, invite.owner16))
}
