import { concat, utf8, type Bytes } from '../codec/bytes.ts'
import { hkdfExpand } from '../crypto/hkdf.ts'
import type { Crypto, Sealer } from '../crypto/provider.ts'

const PRESENCE = 0x11
const NONCE_BYTES = 12
const MAX_BYTES = 4_000

export const isPresence = (payload: Bytes): boolean => payload[0] === PRESENCE

/** docs/protocol/documents.md: what a member says about itself, sealed for the room and bound to its peer id. */
export class PresenceSeal {
  private readonly sealer: Promise<Sealer>

  constructor(crypto: Crypto, prk: Bytes) {
    this.sealer = crypto.sealer(hkdfExpand(prk, utf8('aware'), 32))
  }

  async seal(from20: Bytes, body: Bytes): Promise<Bytes | undefined> {
    if (body.length === 0 || body.length > MAX_BYTES) return undefined
    const nonce12 = globalThis.crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
    return concat([PRESENCE], nonce12, await (await this.sealer).seal(nonce12, body, aad(from20)))
  }

  /** Undefined for anything that no member sealed as this sender. */
  async open(from20: Bytes, payload: Bytes): Promise<Bytes | undefined> {
    const sealed = payload.slice(1 + NONCE_BYTES)
    if (sealed.length < 17 || sealed.length > MAX_BYTES + 16) return undefined
    return (await this.sealer).open(payload.slice(1, 1 + NONCE_BYTES), sealed, aad(from20))
  }
}

const aad = (from20: Bytes): Bytes => concat([PRESENCE], from20)
