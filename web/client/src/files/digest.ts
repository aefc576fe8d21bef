import { concat, hex, utf8, type Bytes } from '../codec/bytes.ts'
import { sha256 } from '../crypto/sha256.ts'

const EDGE_BYTES = 65_536

/** SHA-256, by the browser and beside the main thread where it can. */
export async function digest(bytes: Bytes): Promise<Bytes> {
  const { subtle } = crypto
  return subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : sha256(bytes)
}

/** What stands for several parts: the digest of their digests. */
export const digestOf = (digests: Bytes[]): Promise<Bytes> => digest(concat(...digests))

export const bytesOf = async (blob: Blob): Promise<Bytes> => new Uint8Array(await blob.arrayBuffer())

/** Knows a file again after a reload, without reading all of it. Whether it really is the same the parts' digests tell. */
export async function keyOf(file: Blob, name: string): Promise<string> {
  const [head, tail] = [await bytesOf(file.slice(0, EDGE_BYTES)), await bytesOf(file.slice(Math.max(0, file.size - EDGE_BYTES)))]
  const about = JSON.stringify([name, file.size, file.type, (file as File).lastModified || 0])
  return hex(await digest(concat(utf8(about), head, tail))).slice(0, 32)
}
