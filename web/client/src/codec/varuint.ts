import { concat, utf8, type Bytes } from './bytes.ts'

/** LEB128: seven bits a byte, least significant group first, shortest form. */
export function varuint(value: number): Bytes {
  const groups: number[] = []
  while (value >= 128) {
    groups.push((value % 128) + 128)
    value = Math.floor(value / 128)
  }
  groups.push(value)
  return new Uint8Array(groups)
}

/** A string of at most 255 bytes behind its length. */
export function str8(text: string): Bytes {
  const bytes = utf8(text)
  if (bytes.length > 255) throw new RangeError('text longer than 255 bytes')
  return concat([bytes.length], bytes)
}
