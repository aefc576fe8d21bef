import { hex, type Bytes } from '../codec/bytes.ts'
import type { ProtocolCore, Wake } from '../cores/protocol-core.ts'
import { readHubFrame, type HubFrame } from '../door/door-frames.ts'
import { CLOSE, DRAINING } from '../door/refusals.ts'
import { authMessage, authorityOf, joinMessage, writeAuth, writeGoodbye, writeJoin, writeLeave, writePing, writePong, type Transcript } from '../door/peer-frames.ts'
import { peerId20 } from '../identity/peer-id.ts'
import type { HubLinkEffect, HubLinkInput, RoomToJoin, Welcome } from './hub-link-messages.ts'
import { elsewhereDelayMs, retryDelayMs } from './retry-table.ts'

export interface HubLinkOptions {
  urls: string[]
  network: string
  peerPub32: Bytes
  dice: () => number
  nonce32: () => Bytes
}

const DIAL_MS = 10_000
const PROOF_MS = 5_000 // door.md: WELCOME within 5 s
const STEADY_MS = 5_000 // an open link shorter than this counts as one more failure

/**
 * One standing link to one of several hubs.
 *
 *   idle → dialling → proving → checking → open
 *            ↑           └─────────┴────────┤ lost      └→ leaving, when the hub is taken out
 *            └──────────── waiting ←────────┴───────────────┘      (any) → stopped
 */
export class HubLinkCore implements ProtocolCore<HubLinkInput, HubLinkEffect> {
  state: 'idle' | 'dialling' | 'proving' | 'checking' | 'open' | 'leaving' | 'waiting' | 'stopped' = 'idle'
  private readonly effects: HubLinkEffect[] = []
  private readonly rooms = new Map<string, RoomToJoin>()
  private readonly signing = new Map<number, (sig64: Bytes) => void>()
  private urls: string[]
  private url = ''
  private turn = 0
  private failures = 0
  private openedAtMs = 0
  private ticket = 0
  private checking = 0
  private proof: Transcript | undefined
  private welcome: Welcome | undefined
  private wake: Wake | undefined
  private heardAtMs = 0
  /** AUTH is on its way: what follows it on the socket is taken after it. */
  private hasAuth = false
  private readonly early: HubFrame[] = []

  constructor(private readonly options: HubLinkOptions) {
    this.urls = options.urls
  }

  get nextWake(): Wake | undefined {
    return this.wake
  }

  take(): HubLinkEffect | undefined {
    return this.effects.shift()
  }

  handle(input: HubLinkInput, nowMs: number): void {
    if (this.state === 'stopped') return
    switch (input.type) {
      case 'start':
        return this.dial(nowMs)
      case 'opened':
        return this.sleep(nowMs + DIAL_MS, 'hear HELLO')
      case 'message':
        return this.hear(input.bytes, nowMs)
      case 'closed':
        return input.code === CLOSE.replaced ? this.stop('replaced') : this.lose(input.code, nowMs)
      case 'signed':
        return this.signed(input.ticket, input.sig64)
      case 'checked':
        return input.ticket === this.checking ? this.checked(input.welcome, nowMs) : undefined
      case 'transmit':
        return this.state === 'open' ? this.say(input.bytes) : undefined
      case 'join':
        this.rooms.set(hex(input.room.room16), input.room)
        return this.hasAuth ? this.join(input.room) : undefined
      case 'leave':
        this.rooms.delete(hex(input.room16))
        return this.hasAuth ? this.say(writeLeave(input.room16)) : undefined
      case 'online':
        return this.state === 'waiting' ? this.dial(nowMs) : undefined
      case 'stop':
        this.hangUp(1000)
        return this.stop('asked')
    }
  }

  tick(nowMs: number): void {
    if (!this.wake || nowMs < this.wake.atMs) return
    if (this.state === 'waiting') return this.dial(nowMs)
    if (this.state !== 'open') {
      this.hangUp(4408)
      return this.lose(4408, nowMs)
    }
    const { pingMs } = this.welcome!.limits
    if (nowMs - this.heardAtMs >= 2 * pingMs) {
      this.hangUp(4408)
      return this.lose(4408, nowMs)
    }
    this.say(writePing(new Uint8Array(0)))
    this.sleep(nowMs + pingMs, 'ping the hub')
  }

  private dial(nowMs: number): void {
    this.url = this.urls[this.turn++ % this.urls.length]
    this.state = 'dialling'
    this.emit({ type: 'dial', url: this.url })
    this.sleep(nowMs + DIAL_MS, 'give up dialling')
  }

  private hear(bytes: Bytes, nowMs: number): void {
    const frame = readHubFrame(bytes)
    this.heardAtMs = nowMs
    if (!frame) return // a newer hub may say more than this page knows
    if (frame.type === 'hello' && this.state === 'dialling') return this.prove(frame, nowMs)
    if (frame.type === 'welcome' && this.state === 'proving') return this.check(frame)
    if (frame.type === 'error' && frame.code === DRAINING) return this.goElsewhere(nowMs)
    if (frame.type === 'ping') return this.say(writePong(frame.body))
    if (this.state === 'checking') this.early.push(frame)
    else if (this.state === 'open' || this.state === 'leaving' || frame.type === 'error') this.emit({ type: 'frame', frame })
  }

  private prove(hello: HubFrame & { type: 'hello' }, nowMs: number): void {
    const { network, peerPub32, nonce32 } = this.options
    const proof: Transcript = { hubPub32: hello.hubPub32, hubNonce32: hello.hubNonce32, peerPub32, peerNonce32: nonce32(), network, authority: authorityOf(this.url) }
    this.proof = proof
    this.state = 'proving'
    this.sleep(nowMs + PROOF_MS, 'hear WELCOME')
    // JOIN follows AUTH at once: waiting for WELCOME would cost a round trip and prove nothing, since no hub's key is pinned.
    this.sign(undefined, authMessage(proof), (sig64) => {
      this.say(writeAuth(proof, sig64))
      this.hasAuth = true
      this.rooms.forEach((room) => this.join(room))
    })
  }

  /** Goodbye is the last thing said: then the hub tells all it has for us, and closes. */
  private goElsewhere(nowMs: number): void {
    if (this.state !== 'open' || this.urls.length < 2) return
    this.say(writeGoodbye())
    this.state = 'leaving'
    this.sleep(nowMs + PROOF_MS, 'be let go')
  }

  private check({ sig64, json }: HubFrame & { type: 'welcome' }): void {
    this.state = 'checking'
    this.emit({ type: 'check', ticket: (this.checking = ++this.ticket), proof: this.proof!, json, sig64 })
  }

  private checked(welcome: Welcome | undefined, nowMs: number): void {
    if (this.state !== 'checking') return
    this.welcome = welcome
    if (!welcome) {
      this.hangUp(4401)
      return this.lose(4401, nowMs)
    }
    this.state = 'open'
    this.openedAtMs = nowMs
    // What the app named comes first; this hub may be one that another told of, and does not name itself.
    this.urls = [...new Set([...this.options.urls, this.url, ...welcome.hubs])]
    this.turn = this.urls.indexOf(this.url) + (this.urls.length > 1 ? 1 : 0) // when it fails, another one first
    this.emit({ type: 'open', welcome, url: this.url, hubPub32: this.proof!.hubPub32 })
    this.sleep(nowMs + welcome.limits.pingMs, 'ping the hub')
    this.early.splice(0).forEach((frame) => this.emit({ type: 'frame', frame }))
  }

  private join(room: RoomToJoin): void {
    const message = joinMessage(this.proof!.hubNonce32, peerId20(this.options.peerPub32), room.room16, room.session16)
    this.sign(room, message, (sig64) => {
      if (this.rooms.get(hex(room.room16)) !== room) return
      this.say(writeJoin(room, sig64))
      this.emit({ type: 'join-sent', room16: room.room16 })
    })
  }

  private sign(room: RoomToJoin | undefined, message: Bytes, then: (sig64: Bytes) => void): void {
    this.signing.set(++this.ticket, then)
    this.emit({ type: 'sign', ticket: this.ticket, room, message })
  }

  private signed(ticket: number, sig64: Bytes): void {
    const then = this.signing.get(ticket) // lost links clear the map, so that no old proof meets a new challenge
    this.signing.delete(ticket)
    if (then) then(sig64)
  }

  private lose(code: number, nowMs: number): void {
    if (this.state === 'waiting' || this.state === 'idle') return
    const wasSteady = (this.state === 'open' || this.state === 'leaving') && nowMs - this.openedAtMs >= STEADY_MS
    this.failures = wasSteady ? 1 : this.failures + 1
    this.signing.clear()
    this.hasAuth = false
    this.early.length = 0
    this.state = 'waiting'
    // Another hub is tried at once, and every one of them once before the wait grows.
    const round = Math.floor(this.failures / this.urls.length)
    const retryAtMs = nowMs + (round === 0 ? elsewhereDelayMs(this.options.dice) : retryDelayMs(round - 1, this.options.dice))
    this.emit({ type: 'lost', code, retryAtMs })
    this.sleep(retryAtMs, 'dial again')
  }

  private stop(why: 'asked' | 'replaced'): void {
    this.state = 'stopped'
    this.wake = undefined
    this.emit({ type: 'stopped', why })
  }

  private hangUp(code: number): void {
    if (this.state !== 'waiting' && this.state !== 'idle') this.emit({ type: 'hang-up', code })
  }

  private sleep(atMs: number, why: string): void {
    this.wake = { atMs, why }
  }

  private say(bytes: Bytes): void {
    this.emit({ type: 'transmit', bytes })
  }

  private emit(effect: HubLinkEffect): void {
    this.effects.push(effect)
  }
}
