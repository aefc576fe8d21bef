import { RoostError } from './roost-error.ts'

type Meeting = typeof import('./meeting.ts')

const TELL_AT_ATTEMPT = 3
const MAX_WAIT_MS = 30_000

let missing: RoostError | undefined
let waiting: ((error: RoostError) => void)[] = []

// At once: it comes while the hub is dialled, and is there when the hub answers.
const fetched = fetchMeeting()

/** The second part of the client. It is asked for again for ever, as a hub is; whoever waits is told why. */
export function loadMeeting(tell?: (error: RoostError) => void): Promise<Meeting> {
  if (tell) waiting.push(tell)
  if (tell && missing) tell(missing)
  return fetched
}

async function fetchMeeting(): Promise<Meeting> {
  for (let attempt = 1; ; attempt++) {
    try {
      const meeting = await import('./meeting.ts')
      waiting = []
      return meeting
    } catch (error) {
      if (attempt === TELL_AT_ATTEMPT) {
        missing = new RoostError('part-missing', `A part is missing: ${error}`, 'Serve assets/ too.')
        for (const tell of waiting) tell(missing)
      }
      await new Promise((later) => setTimeout(later, Math.min(MAX_WAIT_MS, 500 * 2 ** attempt)))
    }
  }
}
