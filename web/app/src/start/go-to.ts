import { readInvite, type InviteFault } from '../../../client/src/rooms/invite.ts'
import { isDocumentCode } from '../document-code.ts'

/** What is wrong with a link, or with its code alone; nothing where it leads to a session or to a document. */
export function linkFault(text: string): InviteFault | undefined {
  const invite = readInvite(text)
  return typeof invite !== 'string' || (invite === 'newer' && isDocumentCode(codeOf(text))) ? undefined : invite
}

/** Goes to the session or the document that a link or its code names; the answer is what is wrong with it. */
export function goTo(text: string): InviteFault | undefined {
  const fault = linkFault(text)
  if (fault) return fault
  const at = text.indexOf('#')
  const code = codeOf(text)
  const elsewhere = at > 0 ? originOf(text.slice(0, at).trim()) : undefined
  if (elsewhere && elsewhere !== location.origin) location.assign(`${elsewhere}/#${code}`)
  else location.hash = code
  return undefined
}

const codeOf = (text: string): string => text.slice(text.indexOf('#') + 1).trim()

function originOf(address: string): string | undefined {
  try {
    const { protocol, origin } = new URL(address)
    return protocol === 'http:' || protocol === 'https:' ? origin : undefined
  } catch {
    return undefined
  }
}
