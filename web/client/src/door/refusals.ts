/** Who was named is not here: not worth a word, since who sent it learns the same from LEFT. */
export const TARGET_UNKNOWN = 8

/** The hub is being taken out of its mesh: own clients go to another one. */
export const DRAINING = 22

/** WebSocket close codes that decide what a client does next. */
export const CLOSE = { replaced: 4409, foreignAuthority: 4403 } as const
