import { RoostError } from './roost-error.ts'
import { utf8, type Bytes } from '../codec/bytes.ts'

/** What an application sends: bytes as bytes, everything else as JSON. */
export type Content = { format: number; bytes: Bytes }

const JSON_FORMAT = 0
const BYTES_FORMAT = 1

export function writeContent(value: any): Content {
  const said = value && value.type === 'message' ? value.content : value // P2PApp wraps what it sends
  if (typeof said === 'function' || (typeof Blob === 'function' && said instanceof Blob)) throw new RoostError('bad-message', 'This is neither JSON nor bytes.', 'Send files with sendFileToUser.')
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
