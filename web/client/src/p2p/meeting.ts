/**
 * The second part of the client, fetched beside the dialling of the hub: what is needed once a hub has answered. What proves this
 * peer's key to the hub is in the first part.
 */
export { checkWelcome } from '../hub/check-welcome.ts'
export { newInvite } from '../rooms/new-invite.ts'
export { Peers } from './peers.ts'
export { badLink, refusalOf, replaced } from './errors.ts'
export { RoomDesk } from './room-desk.ts'
export { roomEvents } from './room-events.ts'
