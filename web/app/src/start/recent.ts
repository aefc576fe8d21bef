/** Sessions that this browser has read, newest first. Links included, so they stay in this browser and can be forgotten. */
export interface Recent {
  code: string
  title: string
  atMs: number
}

const KEY = 'roost-recent'
const MAX = 12

export function readRecent(): Recent[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) || '[]')
    return Array.isArray(stored) ? stored.filter(isRecent).slice(0, MAX) : []
  } catch {
    return []
  }
}

export function remember(code: string, title: string, nowMs: number): void {
  write([{ code, title, atMs: nowMs }, ...readRecent().filter((known) => known.code !== code)].slice(0, MAX))
}

export function forget(code: string): void {
  write(readRecent().filter((known) => known.code !== code))
}

function write(all: Recent[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(all))
  } catch {
    // Storage is full or off: then nothing is remembered.
  }
}

function isRecent(value: any): value is Recent {
  return value && typeof value.code === 'string' && typeof value.title === 'string' && typeof value.atMs === 'number'
}
