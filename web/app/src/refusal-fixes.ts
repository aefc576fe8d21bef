/** What a reader can do about a refusal of the hub. */
export const REFUSAL_FIXES: Record<string, string> = {
  'bad-frame': 'Reload this page: it sent what this hub does not understand.',
  'bad-proof': 'Reload this page.',
  'foreign-authority': 'Open the address that the hub names, or have its PUBLIC_URL set to this one.',
  'join-refused': 'The link does not fit this room; ask for it again.',
  'rate-limited': 'Wait a little; the page goes on by itself.',
  'hub-full': 'Try again later, or ask for another hub.',
  'too-many-rooms': 'Close another session first.',
  'room-full': 'Ask the host to raise the limit.',
  'slow-reader': 'The connection is slower than what it was sent; the page reconnects by itself.',
  'shutting-down': 'The hub restarts; the page reconnects by itself.',
  'too-slow': 'The proof took over five seconds; it is tried again.',
}
