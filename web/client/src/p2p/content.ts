import { utf8, type Bytes } from '../codec/bytes.ts'

/** What an application sends: bytes as bytes, everything else as JSON. */
export type Content = { format: number; bytes: Bytes }

const JSON_FORMAT = 0
const BYTES_FORMAT = 1

export function writeContent(value: unknown): Content {
  if (value instanceof ArrayBuffer) return { format: BYTES_FORMAT, bytes: new Uint8Array(value) }
  if (ArrayBuffer.isView(value)) return { format: BYTES_FORMAT, bytes: new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength).slice() }
  const text = JSON.stringify(value)
  return { format: JSON_FORMAT, bytes: utf8(text === undefined ? 'null' : text) }
}

/** Undefined inside `value` where the other side sent what can't be read. */
export function readContent({ format, bytes }: Content): { value: any } | undefined {
  if (format === BYTES_FORMAT) return { value: bytes }
  if (format !== JSON_FORMAT) return undefined
  try {
    return { value: JSON.parse(new TextDecoder().decode(bytes)) }
  } catch {
    return undefined
  }
}
