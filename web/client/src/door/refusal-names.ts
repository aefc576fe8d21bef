/** Why a hub refused something: the names of docs/protocol/door.md, in the order of its codes from 1. */
const NAMES =
  'bad-frame frame-too-large unknown-type bad-proof foreign-authority not-joined join-refused target-unknown rate-limited hub-full too-many-rooms room-full replaced slow-reader shutting-down too-slow bad-peer-id id-in-use id-is-bound card-too-large removed draining'.split(' ')

export const refusalName = (code: number): string => NAMES[code - 1] || `code-${code}`
