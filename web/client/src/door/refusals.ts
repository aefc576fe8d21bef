/** Why a hub refused something: docs/protocol/door.md, the table of ERROR codes. */
export const REFUSALS: Record<number, { name: string; fix: string }> = {
  1: { name: 'bad-frame', fix: 'Update the client: it sent what this hub does not understand.' },
  2: { name: 'frame-too-large', fix: 'Split the message; a frame holds 65,516 bytes.' },
  3: { name: 'unknown-type', fix: 'Update the hub: it is older than the client.' },
  4: { name: 'bad-proof', fix: 'Forget the stored identity of this site and load the page again.' },
  5: { name: 'foreign-authority', fix: 'Open the address that the hub names, or set its PUBLIC_URL to this one.' },
  6: { name: 'not-joined', fix: 'Join the room before sending to it.' },
  7: { name: 'join-refused', fix: 'The link does not fit this room; ask for it again.' },
  8: { name: 'target-unknown', fix: 'The other side has gone; it is asked again when it returns.' },
  9: { name: 'rate-limited', fix: 'Send less often.' },
  10: { name: 'hub-full', fix: 'Try again later or use another hub.' },
  11: { name: 'too-many-rooms', fix: 'Leave a room first.' },
  12: { name: 'room-full', fix: 'Ask the host to raise the limit.' },
  13: { name: 'replaced', fix: 'This identity is in use in another tab; close one of them.' },
  14: { name: 'slow-reader', fix: 'The connection is slower than what it was sent; it reconnects by itself.' },
  15: { name: 'shutting-down', fix: 'The hub restarts; the page reconnects by itself.' },
  16: { name: 'too-slow', fix: 'The proof took over five seconds; it is tried again.' },
}

/** WebSocket close codes that decide what a client does next. */
export const CLOSE = { replaced: 4409, foreignAuthority: 4403 } as const
