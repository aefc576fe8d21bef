import { readInvite, type InviteFault } from '../../../client/src/rooms/invite.ts'

/** Goes to the session that a link or its code names; the answer is what is wrong with it. */
export function goTo(text: string): InviteFault | undefined {
  const invite = readInvite(text)
  if (typeof invite === 'string') return invite
  const at = text.indexOf('#')
  const code = text.slice(at + 1).trim()
  const elsewhere = at > 0 ? originOf(text.slice(0, at).trim()) : undefined
  if (elsewhere && elsewhere !== location.origin) location.assign(`${elsewhere}/#${code}`)
  else location.hash = code
  return undefined
}

function originOf(address: string): string | undefined {
  try {
    const { protocol, origin } = new URL(address)
    return protocol === 'http:' || protocol === 'https:' ? origin : undefined
  } catch {
    return undefined
  }
}
