import { readFileSync } from 'node:fs'
import { fromHex, type Bytes } from '../src/codec/bytes.ts'

/** The fixture files that the C# half writes and both halves read. */
export function vectors(name: string): any {
  return JSON.parse(readFileSync(new URL(`../../../tests/vectors/${name}.json`, import.meta.url), 'utf8'))
}

export const bytes = (hex: string): Bytes => fromHex(hex)!
