import { concat, equal, utf8, type Bytes } from '../codec/bytes.ts'
import { hkdfExpand } from '../crypto/hkdf.ts'
import type { Crypto } from '../crypto/provider.ts'

/** docs/protocol/questions.md: a viewer's question to the host, sealed for the room. */
const QUESTION = 0x10
const NONCE_BYTES = 12
const TAG_BYTES = 16
export const MAX_QUESTION_BYTES = 4_000

export interface QuestionRoute {
  prk: Bytes
  room16: Bytes
  from20: Bytes
  to20: Bytes
}

export const isQuestion = (payload: Bytes): boolean => payload[0] === QUESTION

export async function sealQuestion(crypto: Crypto, route: QuestionRoute, text: string, nonce12: Bytes): Promise<Bytes> {
  const body = utf8(text)
  if (body.length === 0 || body.length > MAX_QUESTION_BYTES) throw new RangeError('a question has 1 to 4,000 bytes')
  const sealer = await crypto.sealer(keyOf(route))
  return concat([QUESTION], nonce12, await sealer.seal(nonce12, body, aadOf(route)))
}

/** Undefined for anything that no member of the room sealed for this host as this sender. */
export async function openQuestion(crypto: Crypto, route: QuestionRoute, payload: Bytes): Promise<string | undefined> {
  const sealed = payload.slice(1 + NONCE_BYTES)
  if (!isQuestion(payload) || sealed.length <= TAG_BYTES || sealed.length > MAX_QUESTION_BYTES + TAG_BYTES) return undefined
  const sealer = await crypto.sealer(keyOf(route))
  const body = await sealer.open(payload.slice(1, 1 + NONCE_BYTES), sealed, aadOf(route))
  if (!body) return undefined
  const text = new TextDecoder().decode(body)
  return equal(utf8(text), body) && text.trim() ? text : undefined
}

const keyOf = ({ prk, room16 }: QuestionRoute): Bytes => hkdfExpand(prk, concat(utf8('ask'), room16), 32)
const aadOf = ({ from20, to20 }: QuestionRoute): Bytes => concat([QUESTION], from20, to20)
