/** What went wrong, with a code that stays, and what to do about it. */
export class RoostError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly hint: string,
  ) {
    super(`${message} ${hint} (${code})`)
  }
}

export type ErrorCode =
  | 'peer-unreachable'
  | 'message-too-large'
  | 'outbox-full'
  | 'storage-failed'
  | 'request-timeout'
  | 'request-failed'
  | 'no-such-method'
  | 'hub-refused'
  | 'replaced'
  | 'no-room'
  | 'bad-room'
  | 'bad-message'
  | 'no-such-peer'
  | 'stream-ended'
  | 'part-missing'
  | 'no-host'
  | 'fork'
  | 'rollback'
  | 'camera-refused'
  | 'camera-missing'
  | 'camera-busy'
  | 'camera-needs-https'
