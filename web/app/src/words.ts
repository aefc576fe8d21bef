import { refusalName } from '../../client/src/door/refusal-names.ts'
import type { WatchStatus } from '../../client/src/watch/watch-core.ts'
import type { Via } from '../../client/src/direct/links-news.ts'
import { en, type Key } from './words/en.ts'
import { count, t } from './words/words.ts'

export type Tone = 'wait' | 'live' | 'done' | 'bad'

export interface End {
  exit: number | null
  reason: string
}

export interface StateWords {
  tone: Tone
  words: string
  more?: string
}

/** The state of a session in a few words, and how it should look. */
export function stateWords(status: WatchStatus, hasText: boolean, end: End | undefined, isPaused = false): StateWords {
  if (status.fault === 'fork') return { tone: 'bad', words: t('forkWords'), more: t('forkMore') }
  if (status.fault === 'rollback') return { tone: 'bad', words: t('rollbackWords'), more: t('rollbackMore') }
  if (end && status.ended) return { tone: 'done', words: endWords(end) }
  if (status.link === 'replaced') return { tone: 'bad', words: t('replacedWords'), more: t('replacedMore') }
  if (status.refusal) return refusalWords(status.refusal)
  if (status.link === 'lost' && !status.via) return { tone: 'wait', words: t('lostWords'), more: hasText ? t('lostMore') : undefined }
  if (status.link === 'connecting' || status.host === undefined) return { tone: 'wait', words: t('connecting') }
  if (!status.host && hasText) return { tone: 'wait', words: t('hostGone'), more: t('hostGoneMore') }
  if (!status.host) return { tone: 'wait', words: t('waiting'), more: t('waitingMore') }
  if (!status.caughtUp) return { tone: 'wait', words: t('catchingUp') }
  return isPaused ? { tone: 'wait', words: t('paused') } : { tone: 'live', words: t('live') }
}

/** What happened and what to do, then the code of docs/errors.md; `joinRefused` where that has another cause than a link's. */
export function refusalWords({ code, text }: { code: number; text: string }, joinRefused: Key = 'fix.join-refused'): StateWords {
  const fix = `fix.${refusalName(code)}`
  const key = fix === 'fix.join-refused' ? joinRefused : fix in en ? (fix as Key) : 'fix.other'
  return { tone: 'bad', words: t('refusedWords'), more: `${t(key, { text })} (ROOST-${1_000 + code})` }
}

/** By which way, and how far. */
export function pathWords(via: Via | undefined): string {
  return via ? `${t(`via.${via.path}`)} · ${via.rttMs < 10 ? via.rttMs : Math.round(via.rttMs)} ms` : t('viaHub')
}

export function endWords({ exit, reason }: End): string {
  if (reason === 'interrupted') return t('endedInterrupted')
  if (exit === null) return t('ended')
  return exit === 0 ? t('endedZero') : t('endedWith', { exit })
}

/** What this page can honestly promise, by how it was loaded. */
export function promiseWords(origin: string): { short: string; long: string; safe: boolean } {
  const { protocol, hostname, host } = new URL(origin)
  const isHere = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
  const safe = protocol === 'https:' || isHere
  return { safe, short: t(safe ? 'sealedShort' : 'openShort', { host }), long: t(safe ? 'sealedLong' : 'openLong', { host }) }
}

export function countWords(text: string): string {
  return count('words', text.split(/\s+/).filter(Boolean).length)
}
