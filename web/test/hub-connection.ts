import type { WebSocket } from 'ws'
import { concat, equal, hex, u16, u32, utf8, type Bytes } from '../client/src/codec/bytes.ts'
import { ByteReader } from '../client/src/codec/byte-reader.ts'
import type { Crypto, Signer } from '../client/src/crypto/provider.ts'
import { authMessage, joinMessage, welcomeMessage, type Transcript } from '../client/src/door/peer-frames.ts'
import { owner16, peerId20 } from '../client/src/identity/peer-id.ts'
import { verify } from '../client/src/identity/strict.ts'
import { roomId } from '../client/src/rooms/room-keys.ts'
import type { HubRooms } from './hub-rooms.ts'

interface Setup {
  crypto: Crypto
  identity: Signer
  rooms: HubRooms
  peers: Map<string, HubConnection>
  heard: Uint8Array[]
}

/** One peer at the test hub's door. Frames are taken one after the other, as a hub's connection loop does. */
export class HubConnection {
  peer20: Bytes | undefined
  /** Frames to this peer that a test wants to see, change or swallow. */
  road: (frame: Bytes) => Bytes[] = (frame) => [frame]
  private peerPub32: Bytes | undefined
  private readonly nonce32 = crypto.getRandomValues(new Uint8Array(32))
  private readonly joined = new Set<Bytes>()
  private line: Promise<void> = Promise.resolve()

  constructor(
    readonly socket: WebSocket,
    private readonly setup: Setup,
  ) {
    this.tell(concat([0x01, 1], setup.identity.publicKey, this.nonce32))
    socket.on('message', (data: Buffer) => {
      const frame = new Uint8Array(data)
      setup.heard.push(frame)
      this.line = this.line.then(() => this.hear(frame))
    })
    socket.on('close', () => {
      this.joined.forEach((room16) => setup.rooms.leave(room16, this.peer20!, 1, this))
      if (this.peer20 && setup.peers.get(hex(this.peer20)) === this) setup.peers.delete(hex(this.peer20))
    })
  }

  tell(frame: Bytes): void {
    for (const bytes of this.road(frame)) if (this.socket.readyState === 1) this.socket.send(bytes)
  }

  refuse(code: number, text = ''): void {
    this.tell(concat([0x0f], u16(code), u32(0xffffffff), utf8(text)))
  }

  private async hear(frame: Bytes): Promise<void> {
    const r = new ByteReader(frame)
    const type = r.u8()
    if (type === 0x02) return this.auth(r)
    if (!this.peer20) return this.socket.close(4400)
    if (type === 0x04) return this.join(r)
    if (type === 0x0d) return this.tell(concat([0x0e], r.rest()))
    const { rooms } = this.setup
    if (type === 0x05) return rooms.leave(r.bytes(16), this.peer20, 0)
    if (type === 0x09) return this.setup.peers.get(hex(r.bytes(20)))?.tell(this.stamp(frame))
    if (type === 0x0a) for (const other of rooms.others(r.bytes(16), this.peer20)) other.tell(this.stamp(frame))
    if (type !== 0x0b) return
    const target = rooms.has(r.bytes(16), r.bytes(20))
    if (target) target.tell(this.stamp(frame))
    else this.refuse(8, 'the peer is not in the room')
  }

  private stamp(frame: Bytes): Bytes {
    return concat([frame[0]], this.peer20!, frame.subarray(1))
  }

  private async auth(r: ByteReader): Promise<void> {
    const { crypto, identity } = this.setup
    const t: Transcript = { hubPub32: identity.publicKey, hubNonce32: this.nonce32, peerPub32: r.bytes(32), peerNonce32: r.bytes(32), network: r.str8(), authority: r.str8() }
    if (!(await verify(crypto.ed25519, t.peerPub32, authMessage(t), r.bytes(64)))) return this.socket.close(4401)
    this.peerPub32 = t.peerPub32
    this.peer20 = peerId20(t.peerPub32)
    const older = this.setup.peers.get(hex(this.peer20))
    this.setup.peers.set(hex(this.peer20), this)
    if (older) {
      older.refuse(13, 'a newer connection proved the same key')
      older.socket.close(4409)
    }
    const json = utf8(JSON.stringify({ v: 1, iceServers: [], hubs: [], limits: { frameBytes: 65516, rooms: 64, pingMs: 25000 } }))
    this.tell(concat([0x03], await identity.sign(welcomeMessage(t, json)), json))
  }

  private async join(r: ByteReader): Promise<void> {
    const [room16, owner, joinPub32, session16] = [r.bytes(16), r.bytes(16), r.bytes(32), r.bytes(16)]
    const flags = r.u8()
    const message = joinMessage(this.nonce32, this.peer20!, room16, session16)
    const fits = equal(room16, roomId(owner, joinPub32)) && (await verify(this.setup.crypto.ed25519, joinPub32, message, r.bytes(64)))
    if (!fits) return this.refuse(7, 'the signature does not fit')
    const role = equal(owner16(this.peerPub32!), owner) && owner.some(Boolean) ? 1 : 0
    this.joined.add(room16)
    this.setup.rooms.join(room16, { connection: this, session16, role, hostsOnly: (flags & 1) === 1 })
  }
}
