import type { Bytes } from '../codec/bytes.ts'
import { CoreDriver, realClock, type Clock } from '../cores/core-driver.ts'
import type { Crypto, Signer } from '../crypto/provider.ts'
import type { checkWelcome } from './check-welcome.ts'
import { HubLinkCore } from './hub-link-core.ts'
import type { HubLinkEffect, HubLinkInput, RoomToJoin } from './hub-link-messages.ts'

export { doorOf } from './door-of.ts'

export interface HubLinkSetup {
  urls: string[]
  crypto: Crypto
  identity: Signer
  checkWelcome: typeof checkWelcome
  network?: string
  clock?: Clock
  socket?: (url: string) => WebSocket
}

export type LinkNews = Exclude<HubLinkEffect, { type: 'dial' | 'transmit' | 'hang-up' | 'sign' | 'check' }>

/** The shell around HubLinkCore: owns the WebSocket and signs what the core asks for. */
export class HubLink {
  private readonly driver: CoreDriver<HubLinkInput, HubLinkEffect>
  private readonly core: HubLinkCore
  private readonly joinKeys = new Map<RoomToJoin, Signer>()
  private socket: WebSocket | undefined

  constructor(
    private readonly setup: HubLinkSetup,
    private readonly hear: (news: LinkNews) => void,
  ) {
    this.core = new HubLinkCore({
      urls: setup.urls,
      network: setup.network || '',
      peerPub32: setup.identity.publicKey,
      dice: Math.random,
      nonce32,
    })
    this.driver = new CoreDriver(this.core, (effect) => this.perform(effect), setup.clock || realClock)
  }

  get isOpen(): boolean {
    return this.core.state === 'open'
  }

  /** Bytes that the socket has not sent yet. */
  get queuedBytes(): number {
    return this.socket ? this.socket.bufferedAmount : 0
  }

  start(): void {
    globalThis.addEventListener?.('online', this.hurry)
    this.driver.handle({ type: 'start' })
  }

  join(room: RoomToJoin, key: Signer): void {
    this.joinKeys.set(room, key)
    this.driver.handle({ type: 'join', room })
  }

  leave(room16: Bytes): void {
    this.driver.handle({ type: 'leave', room16 })
  }

  /** False while there is no hub: the caller keeps what it wanted to say. */
  transmit(bytes: Bytes): boolean {
    if (!this.isOpen) return false
    this.driver.handle({ type: 'transmit', bytes })
    return true
  }

  stop(): void {
    globalThis.removeEventListener?.('online', this.hurry)
    this.driver.handle({ type: 'stop' })
    this.driver.stop()
  }

  private readonly hurry = (): void => this.driver.handle({ type: 'online' })

  private perform(effect: HubLinkEffect): void {
    switch (effect.type) {
      case 'dial':
        return this.dial(effect.url)
      case 'transmit':
        if (this.socket && this.socket.readyState === 1) this.socket.send(effect.bytes)
        return
      case 'hang-up':
        return this.drop()
      case 'sign':
        return this.sign(effect)
      case 'check':
        this.setup
          .checkWelcome(this.setup.crypto.ed25519, effect)
          .catch(() => undefined)
          .then((welcome) => this.driver.handle({ type: 'checked', ticket: effect.ticket, welcome }))
        return
      default:
        return this.hear(effect)
    }
  }

  private dial(url: string): void {
    this.drop()
    const open = this.setup.socket || ((at: string) => new WebSocket(at, 'roost.1'))
    let socket: WebSocket
    try {
      socket = open(url)
    } catch {
      // Mixed content or a malformed address: a failure like any other, told after this effect.
      Promise.resolve().then(() => this.driver.handle({ type: 'closed', code: 1006 }))
      return
    }
    this.socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onerror = () => undefined // 'close' follows and tells the same
    socket.onopen = () => this.driver.handle({ type: 'opened' })
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) this.driver.handle({ type: 'message', bytes: new Uint8Array(data) })
    }
    socket.onclose = ({ code }) => {
      if (this.socket === socket) this.driver.handle({ type: 'closed', code })
    }
  }

  private drop(): void {
    const socket = this.socket
    if (!socket) return
    this.socket = undefined
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }

  private sign({ ticket, room, message }: HubLinkEffect & { type: 'sign' }): void {
    const key = room ? this.joinKeys.get(room)! : this.setup.identity
    key.sign(message).then((sig64) => this.driver.handle({ type: 'signed', ticket, sig64 }))
  }
}

/** Begins with the clock: hubs tell by it which of two connections of one key is the newer (docs/protocol/mesh.md, "Leases"). */
function nonce32(): Bytes {
  const nonce = crypto.getRandomValues(new Uint8Array(32))
  new DataView(nonce.buffer).setBigUint64(0, BigInt(Date.now()))
  return nonce
}
