import type { InviteFault } from '../rooms/invite.ts'
import { RoostError } from './roost-error.ts'

/** target-unknown, replaced, shutting-down (docs/protocol/door.md): told by states, or made good. */
const KNOWN = [8, 13, 15]

/** What the application is told of a hub's ERROR; nothing where the client itself knows better. */
export function refusalOf(code: number, text: string): RoostError | undefined {
  return KNOWN.includes(code) ? undefined : new RoostError('hub-refused', `The hub refused: ${text}`, `See docs/protocol/door.md, code ${code}.`)
}

export const replaced = (): RoostError => new RoostError('replaced', 'Another page proved the same identity.', 'Close one of the two, or use identity: "tab".')

/** What was given to joinRoom is neither the name of a room nor a link that can be read. */
export function badLink(fault: InviteFault | 'missing'): RoostError {
  const what = fault === 'missing' ? 'The room has no name.' : fault === 'newer' ? 'This link needs a newer version of the client.' : 'This link is damaged.'
  return new RoostError('bad-room', what, 'Give joinRoom a name or the whole link.')
}

export function storageError(error: unknown): RoostError {
  return new RoostError('storage-failed', `The browser could not store something: ${error instanceof Error ? error.message : error}.`, 'Messages and files still flow, but a reload may lose those not delivered yet. Free some space.')
}
