import type { WatchStatus } from '../../client/src/watch/watch-core.ts'
import { refusalName } from '../../client/src/door/refusals.ts'
import { REFUSAL_FIXES } from './refusal-fixes.ts'

export type Tone = 'wait' | 'live' | 'done' | 'bad'

export interface End {
  exit: number | null
  reason: string
}

/** The state of a session in a few words, and how it should look. */
export function stateWords(status: WatchStatus, hasText: boolean, end: End | undefined): { tone: Tone; words: string; more?: string } {
  if (status.fault === 'fork')
    return { tone: 'bad', words: 'Stopped: two different histories', more: 'The host signed two different texts for the same place. What is shown below is what it signed first. Ask the host for a new link. (fork)' }
  if (status.fault === 'rollback')
    return { tone: 'bad', words: 'Stopped: the host took text back', more: 'The host signed a log that is shorter than what it had signed before. Ask the host for a new link. (rollback)' }
  if (end && status.ended) return { tone: 'done', words: endWords(end) }
  if (status.link === 'replaced') return { tone: 'bad', words: 'Opened elsewhere', more: 'This page was opened again with the same identity. Reload to read here.' }
  if (status.refusal) {
    const name = refusalName(status.refusal.code)
    return { tone: 'bad', words: `The hub refused: ${name}`, more: REFUSAL_FIXES[name] || status.refusal.text }
  }
  if (status.link === 'lost') return { tone: 'wait', words: 'Connection lost, trying again', more: hasText ? 'What was read is kept; the rest follows when the hub is back.' : undefined }
  if (status.link === 'connecting' || status.host === undefined) return { tone: 'wait', words: 'Connecting' }
  if (!status.host && hasText) return { tone: 'wait', words: 'The host is gone, waiting', more: 'This goes on by itself if the host comes back.' }
  if (!status.host) return { tone: 'wait', words: 'Waiting for the host', more: 'Nothing is shared in this room right now. Text appears here as soon as the host starts.' }
  return status.caughtUp ? { tone: 'live', words: 'Live' } : { tone: 'wait', words: 'Catching up' }
}

export function endWords({ exit, reason }: End): string {
  if (reason === 'interrupted') return 'Ended: interrupted by the host'
  if (exit === null) return 'Ended'
  return exit === 0 ? 'Ended, exit code 0' : `Ended with exit code ${exit}`
}

/** PROTOCOL words: what this page can honestly promise, by how it was loaded. */
export function promiseWords(origin: string): { short: string; long: string; safe: boolean } {
  const { protocol, hostname, host } = new URL(origin)
  const isHere = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
  if (protocol === 'https:' || isHere)
    return {
      safe: true,
      short: `Sealed; you trust ${host}`,
      long: `The text is sealed between the host and this page. The hub passes it on unread and sees who is here, sizes and times. This page itself was loaded from ${host}, so you trust it to serve honest code.`,
    }
  return {
    safe: false,
    short: 'Not protected against others on this network',
    long: `This page came over plain http from ${host}. The text travels sealed, but someone on this network could have changed the page itself. Use https, or read with “roost watch” in a terminal.`,
  }
}

export function countWords(text: string): string {
  const words = text.split(/\s+/).filter(Boolean).length
  return `${words.toLocaleString('en')} ${words === 1 ? 'word' : 'words'}`
}
