import { concat, equal, hex, utf8, type Bytes } from '../codec/bytes.ts'
import type { Crypto, Signer } from '../crypto/provider.ts'
import type { HubFrame, Member } from '../door/door-frames.ts'
import { writeSend, writeSignal } from '../door/peer-frames.ts'
import type { HubLink } from '../hub/hub-link.ts'
import type { RoomKeys } from '../rooms/room-keys.ts'
import { EnvelopeDesk } from '../signaling/envelope.ts'
import { readSignal, type Signal } from './signals.ts'

/** docs/protocol/signaling.md, "Payload". */
const LETTER = { signal: 0, relayed: 1, relayedFast: 2 } as const

export type RoomNews =
  | { type: 'member'; peerId: string; isNew: boolean; newcomerIsMe: boolean; role: number }
  | { type: 'left'; peerId: string; reason: number }
  | { type: 'signal'; peerId: string; signal: Signal }
  | { type: 'relayed'; peerId: string; frame: Bytes; fast: boolean }
  | { type: 'cast'; peerId: string; payload: Bytes }

/** One room as one member sees it: who is here, and sealed letters to and from them in order. */
export class RoomDesk {
  readonly members = new Map<string, Member>()
  private readonly desk: EnvelopeDesk
  private out: Promise<unknown> = Promise.resolve()
  private in: Promise<unknown> = Promise.resolve()
  private listing = new Map<string, Member>()

  constructor(
    provider: Crypto,
    identity: Signer,
    readonly keys: RoomKeys,
    private readonly link: HubLink,
    private readonly hear: (news: RoomNews) => void,
    readonly session16 = crypto.getRandomValues(new Uint8Array(16)),
  ) {
    this.desk = new EnvelopeDesk(provider, identity, keys, this.session16)
  }

  get roomId(): string {
    return hex(this.keys.room16)
  }

  /** Letters that were dropped: forged, changed, replayed, not for this page. */
  get refused(): number {
    return this.desk.refused
  }

  /** A signal to one member; false while there is no hub or the peer is not in the room. */
  say(peerId: string, signal: Signal): boolean {
    return this.post(peerId, LETTER.signal, utf8(JSON.stringify(signal)))
  }

  /** A frame of a channel that WebRTC could not open; false as above. */
  relay(peerId: string, frame: Bytes, fast: boolean): boolean {
    return this.post(peerId, fast ? LETTER.relayedFast : LETTER.relayed, frame)
  }

  private post(peerId: string, kind: number, body: Bytes): boolean {
    const member = this.members.get(peerId)
    if (!member || !this.link.isOpen) return false
    const sealing = this.desk.seal(member.peer20, member.session16, concat([kind], body))
    this.out = this.out
      .then(() => sealing)
      .then((sealed) => this.link.transmit(kind === LETTER.signal ? writeSignal(member.peer20, sealed) : writeSend(this.keys.room16, member.peer20, sealed)))
    return true
  }

  take(frame: HubFrame): void {
    if (frame.type === 'signal') return this.open(frame.src20, frame.payload)
    if (!('room16' in frame) || hex(frame.room16) !== this.roomId) return
    switch (frame.type) {
      case 'members':
        frame.members.forEach((member) => this.listing.set(hex(member.peer20), member))
        return frame.more ? undefined : this.listed()
      case 'joined':
        return this.came(frame.member, false)
      case 'left':
        return this.went(hex(frame.peer20), frame.reason)
      case 'send':
        if (frame.payload[0] === 0x10) return this.open(frame.src20, frame.payload)
        return this.hear({ type: 'cast', peerId: hex(frame.src20), payload: frame.payload })
      case 'cast':
        return this.hear({ type: 'cast', peerId: hex(frame.src20), payload: frame.payload })
    }
  }

  /** MEMBERS is the truth after a new link: who is not in it went while nobody told. */
  private listed(): void {
    const now = this.listing
    this.listing = new Map()
    for (const peerId of [...this.members.keys()]) {
      if (!now.has(peerId)) this.went(peerId, 1)
    }
    now.forEach((member) => this.came(member, true))
  }

  private came(member: Member, newcomerIsMe: boolean): void {
    const peerId = hex(member.peer20)
    const before = this.members.get(peerId)
    const isNew = !before || !equal(before.session16, member.session16)
    if (before && isNew) this.desk.forget(before.peer20, before.session16)
    if (isNew) this.desk.expect(member.peer20, member.session16)
    this.members.set(peerId, member)
    this.hear({ type: 'member', peerId, role: member.role, newcomerIsMe, isNew })
  }

  private went(peerId: string, reason: number): void {
    const member = this.members.get(peerId)
    if (member) this.desk.forget(member.peer20, member.session16)
    this.members.delete(peerId)
    this.hear({ type: 'left', peerId, reason })
  }

  /** Opened one after the other, so that offers come before their candidates. */
  private open(src20: Bytes, sealed: Bytes): void {
    this.in = this.in
      .then(() => this.desk.open(src20, sealed))
      .then((letter) => {
        const peerId = hex(src20)
        if (letter && this.members.has(peerId)) this.read(peerId, letter.payload[0], letter.payload.slice(1))
      })
  }

  private read(peerId: string, kind: number, frame: Bytes): void {
    if (kind === LETTER.relayed || kind === LETTER.relayedFast) this.hear({ type: 'relayed', peerId, frame, fast: kind === LETTER.relayedFast })
    const signal = kind === LETTER.signal && readSignal(new TextDecoder().decode(frame))
    if (signal) this.hear({ type: 'signal', peerId, signal })
  }
}

