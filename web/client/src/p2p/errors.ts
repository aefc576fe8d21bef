import { refusalName } from '../door/refusals.ts'
import type { InviteFault } from '../rooms/invite.ts'
import { RoostError } from './roost-error.ts'

/** What the application is told of a hub's ERROR; nothing where the client itself knows better. */
export function refusalOf(code: number, text: string): RoostError | undefined {
  const name = refusalName(code)
  if (/^(target-unknown|replaced|shutting-down)$/.test(name)) return undefined // told by states, or made good
  return new RoostError('hub-refused', `The hub refused: ${name}. ${text}`, `docs/client.md#${name}`)
}

export const replaced = (): RoostError => new RoostError('replaced', 'Another page proved the same identity.', 'Close one of the two, or use identity: "tab".')

export function badLink(fault: InviteFault): RoostError {
  return new RoostError('hub-refused', fault === 'newer' ? 'This link needs a newer version of the client.' : 'This link is damaged.', 'Copy the whole link again.')
}

export function storageError(error: unknown): RoostError {
  return new RoostError('storage-failed', `The browser could not store something: ${error instanceof Error ? error.message : error}.`, 'Messages and files still flow, but a reload may lose those not delivered yet. Free some space.')
}
