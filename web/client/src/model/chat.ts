import { EventReader } from './sse.ts'

export interface ModelSettings {
  url: string
  model: string
  key: string
}

export interface Message {
  role: 'system' | 'user' | 'assistant'
  content: string
}

export type ModelFault = { type: 'unreachable' } | { type: 'refused'; status: number; text: string } | { type: 'broken'; why: string } | { type: 'stalled' } | { type: 'stopped' }

export const STALL_MS = 60_000

/** Asks a model at any OpenAI-compatible address; `said` hears the answer as it is written. Resolves to what went wrong, or nothing. */
export async function chat(settings: ModelSettings, messages: Message[], said: (text: string) => void, stop: AbortSignal, stallMs = STALL_MS): Promise<ModelFault | undefined> {
  const giveUp = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isStalled = false
  const heard = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      isStalled = true
      giveUp.abort()
    }, stallMs)
  }
  stop.addEventListener('abort', () => giveUp.abort())
  heard()
  let began = false
  try {
    const response = await fetch(`${settings.url.replace(/\/+$/, '')}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(settings.key ? { authorization: `Bearer ${settings.key}` } : {}) },
      body: JSON.stringify({ model: settings.model, messages, stream: true }),
      signal: giveUp.signal,
      referrerPolicy: 'no-referrer',
      credentials: 'omit',
    })
    began = true
    if (!response.ok || !response.body) return { type: 'refused', status: response.status, text: problemOf(await response.text()) }
    return await readAnswer(response.body.getReader(), said, heard)
  } catch (error) {
    if (stop.aborted) return { type: 'stopped' }
    if (isStalled) return { type: 'stalled' }
    return began ? { type: 'broken', why: error instanceof Error ? error.message : String(error) } : { type: 'unreachable' }
  } finally {
    clearTimeout(timer)
  }
}

async function readAnswer(reader: ReadableStreamDefaultReader<Uint8Array>, said: (text: string) => void, heard: () => void): Promise<ModelFault | undefined> {
  const events = new EventReader()
  let isDone = false
  let understood = 0
  for (;;) {
    const { done, value } = await reader.read()
    heard()
    for (const event of done ? events.end() : events.read(value!)) {
      const delta = readDelta(event)
      if (delta === 'done') isDone = true
      else if (delta && 'fault' in delta) return { type: 'broken', why: delta.fault }
      else if (delta) {
        understood++
        isDone = isDone || delta.last
        if (delta.text) said(delta.text)
      }
    }
    if (done) break
  }
  if (isDone) return undefined
  return { type: 'broken', why: understood ? 'the connection closed before the end' : 'not an event stream of chat completions' }
}

/** One event of `chat.completion.chunk`; undefined for what is none. */
export function readDelta(event: string): { text: string; last: boolean } | { fault: string } | 'done' | undefined {
  if (event.trim() === '[DONE]') return 'done'
  let said: any
  try {
    said = JSON.parse(event)
  } catch {
    return undefined
  }
  if (said && said.error) return { fault: String(said.error.message || said.error).slice(0, 300) }
  const choice = said && Array.isArray(said.choices) ? said.choices[0] : undefined
  if (!choice) return undefined
  const content = choice.delta && choice.delta.content
  return { text: typeof content === 'string' ? content : '', last: typeof choice.finish_reason === 'string' }
}

function problemOf(body: string): string {
  try {
    const said = JSON.parse(body)
    return String((said.error && (said.error.message || said.error)) || body).slice(0, 300)
  } catch {
    return body.replace(/<[^>]*>/g, ' ').trim().slice(0, 300)
  }
}
