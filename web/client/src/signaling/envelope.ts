import { ByteReader } from '../codec/byte-reader.ts'
import { concat, equal, hex, u64, utf8, type Bytes } from '../codec/bytes.ts'
import { hkdfExpand } from '../crypto/hkdf.ts'
import type { Crypto, Sealer, Signer } from '../crypto/provider.ts'
import { sha256 } from '../crypto/sha256.ts'
import { entryNonce } from '../feeds/chain.ts'
import { peerId20 } from '../identity/peer-id.ts'
import { verify } from '../identity/strict.ts'
import type { RoomKeys } from '../rooms/room-keys.ts'

const ENVELOPE = 0x10
const HEAD_BYTES = 1 + 16 + 16 + 16 + 8
/** What an envelope adds to its payload. */
export const ENVELOPE_BYTES = HEAD_BYTES + 32 + 64 + 16

export interface Letter {
  src20: Bytes
  payload: Bytes
}

/** Seals, signs, opens and checks what members of one room say to each other: docs/protocol/signaling.md, "Envelope". */
export class EnvelopeDesk {
  /** Envelopes that were dropped: forged, replayed, for another session. */
  refused = 0
  private seq = 0
  private readonly self20: Bytes
  private readonly own: Promise<Sealer>
  /** Keys of members' sessions, made before their first letters come. */
  private readonly sealers = new Map<string, Promise<Sealer>>()
  private readonly lastSeq = new Map<string, number>()

  constructor(
    private readonly crypto: Crypto,
    private readonly identity: Signer,
    private readonly room: RoomKeys,
    private readonly session16: Bytes,
  ) {
    this.self20 = peerId20(identity.publicKey)
    this.own = this.sealer(this.self20, session16)
  }

  expect(src20: Bytes, session16: Bytes): void {
    this.sealers.set(hex(src20) + hex(session16), this.sealer(src20, session16))
  }

  forget(src20: Bytes, session16: Bytes): void {
    this.sealers.delete(hex(src20) + hex(session16))
  }

  async seal(dst20: Bytes, dstSession16: Bytes, payload: Bytes): Promise<Bytes> {
    const seq = ++this.seq
    const aad = this.aad(this.self20, dst20, this.session16, dstSession16, seq)
    const [sealer, sig64] = await Promise.all([this.own, this.identity.sign(toSign(aad, payload))])
    const sealed = await sealer.seal(entryNonce(seq), concat(this.identity.publicKey, sig64, payload), aad)
    return concat([ENVELOPE], this.room.room16, this.session16, dstSession16, u64(seq), sealed)
  }

  /** The letter, or undefined where any of the rules does not hold. */
  async open(src20: Bytes, bytes: Bytes): Promise<Letter | undefined> {
    const letter = await this.check(src20, bytes).catch(() => undefined)
    if (!letter) this.refused++
    return letter
  }

  private async check(src20: Bytes, bytes: Bytes): Promise<Letter | undefined> {
    const r = new ByteReader(bytes)
    const [type, room16, srcSession16, dstSession16] = [r.u8(), r.bytes(16), r.bytes(16), r.bytes(16)]
    const seq = r.u32() * 0x1_0000_0000 + r.u32()
    if (!r.ok || type !== ENVELOPE || !equal(room16, this.room.room16) || !equal(dstSession16, this.session16)) return undefined
    const aad = this.aad(src20, this.self20, srcSession16, dstSession16, seq)
    const session = hex(src20) + hex(srcSession16)
    const sealer = await (this.sealers.get(session) || this.sealer(src20, srcSession16))
    const opened = await sealer.open(entryNonce(seq), r.rest(), aad)
    if (!opened || opened.length < 96) return undefined
    const senderPub32 = opened.slice(0, 32)
    const payload = opened.slice(96)
    if (!equal(peerId20(senderPub32), src20)) return undefined
    if (!(await verify(this.crypto.ed25519, senderPub32, toSign(aad, payload), opened.slice(32, 96)))) return undefined
    if (seq <= (this.lastSeq.get(session) || 0)) return undefined
    this.lastSeq.set(session, seq)
    return { src20, payload }
  }

  private aad(src20: Bytes, dst20: Bytes, srcSession16: Bytes, dstSession16: Bytes, seq: number): Bytes {
    return concat(this.room.room16, src20, dst20, srcSession16, dstSession16, u64(seq))
  }

  private sealer(src20: Bytes, srcSession16: Bytes): Promise<Sealer> {
    return this.crypto.sealer(hkdfExpand(this.room.prk, concat(utf8('signal'), this.room.room16, src20, srcSession16), 32))
  }
}

function toSign(aad: Bytes, payload: Bytes): Bytes {
  return concat(utf8('roost-signal-1'), aad, sha256(payload))
}
