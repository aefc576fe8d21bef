/** Why a hub refused something: the names of docs/protocol/door.md, in the order of its codes from 1. */
const NAMES =
  'bad-frame frame-too-large unknown-type bad-proof foreign-authority not-joined join-refused target-unknown rate-limited hub-full too-many-rooms room-full replaced slow-reader shutting-down too-slow'.split(' ')

export const refusalName = (code: number): string => NAMES[code - 1] || `code-${code}`

/** The hub is being taken out of its mesh: own clients go to another one. */
export const DRAINING = 22

/** WebSocket close codes that decide what a client does next. */
export const CLOSE = { replaced: 4409, foreignAuthority: 4403 } as const
