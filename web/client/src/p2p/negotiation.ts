import { hex } from '../codec/bytes.ts'
import type { Connection } from './connection.ts'
import type { Signal } from './signals.ts'

export interface NegotiationSetup {
  connect(): Connection
  /** signaling.md: whose peer id is the smaller takes its own offer back. */
  polite: boolean
  say(signal: Signal): void
  /** A new connection takes the place of the last. */
  made(connection: Connection, offers: boolean): void
}

/** Perfect negotiation (W3C WebRTC §10.7) over connections that may be rebuilt; offers are made and signals taken one after the other. */
export class Negotiation {
  pc: RTCPeerConnection | undefined
  private c = ''
  private isOver = false
  private spare: Connection | undefined
  private line: Promise<unknown> = Promise.resolve()

  constructor(private readonly setup: NegotiationSetup) {}

  /** The other side will offer: what its offer needs is made before it comes. */
  await(): void {
    this.spare = this.setup.connect()
  }

  /** Starts from nothing with an offer of this side. */
  offer(): void {
    const c = hex(crypto.getRandomValues(new Uint8Array(4)))
    this.line = Promise.resolve() // what is under way is of a connection that is closed now: browsers never end that
    const { pc, offer } = this.build(c, true)
    this.then(() => this.makeOffer(pc, c, offer))
  }

  restartIce(): void {
    const { pc } = this
    if (pc && pc.signalingState !== 'closed' && pc.remoteDescription) pc.restartIce()
    else this.offer()
  }

  hear(signal: Signal): void {
    this.then(() => this.take(signal))
  }

  close(): void {
    this.isOver = true
    this.drop()
  }

  private drop(): void {
    const { pc, spare } = this
    this.pc = this.spare = undefined
    pc?.close()
    spare?.pc.close()
  }

  private async take(signal: Signal): Promise<void> {
    if (signal.type === 'bye' || this.isOver) return
    if (signal.type === 'offer') return this.takeOffer(signal.sdp, signal.c)
    if (!this.pc || signal.c !== this.c) return
    if (signal.type === 'ice-candidate') {
      await this.pc.addIceCandidate(signal.candidate || undefined)
    } else if (this.pc.signalingState === 'have-local-offer') await this.pc.setRemoteDescription({ type: 'answer', sdp: signal.sdp })
  }

  private async takeOffer(sdp: string, c: string): Promise<void> {
    const hasOffered = this.pc !== undefined && this.pc.signalingState === 'have-local-offer'
    if (hasOffered && !this.setup.polite) return
    const isNew = !this.pc || c !== this.c
    const pc = isNew ? this.build(c, false).pc : this.pc!
    const offer = { type: 'offer' as const, sdp }
    // Both calls at once: between them the browser must not start an offer of its own.
    if (hasOffered && !isNew) await Promise.all([pc.setLocalDescription({ type: 'rollback' }), pc.setRemoteDescription(offer)])
    else await pc.setRemoteDescription(offer)
    await this.say(pc, c, await pc.createAnswer())
  }

  /** The other side is told at once: its own work begins while the browser does this. */
  private async say(pc: RTCPeerConnection, c: string, { type, sdp }: RTCSessionDescriptionInit): Promise<void> {
    if (pc !== this.pc) return
    const setting = pc.setLocalDescription({ type, sdp })
    this.setup.say({ type: type as 'offer' | 'answer', sdp: sdp!, c })
    await setting
  }

  private build(c: string, offers: boolean): Connection {
    const { spare } = this
    this.spare = undefined
    this.drop()
    const connection = spare || this.setup.connect()
    const { pc } = connection
    this.pc = pc
    this.c = c
    pc.onicecandidate = ({ candidate }) => {
      // Nobody ever dials an active TCP candidate.
      if (pc === this.pc && !(candidate && /tcptype active/.test(candidate.candidate))) this.setup.say({ type: 'ice-candidate', candidate: candidate && candidate.toJSON(), c })
    }
    pc.onnegotiationneeded = () => this.then(() => this.makeOffer(pc, c))
    this.setup.made(connection, offers)
    return connection
  }

  /** `ready` holds as long as the application has added nothing to the connection. */
  private async makeOffer(pc: RTCPeerConnection, c: string, ready?: Promise<RTCSessionDescriptionInit>): Promise<void> {
    if (pc !== this.pc || pc.signalingState !== 'stable') return
    await this.say(pc, c, await ((!pc.getTransceivers().length && ready) || pc.createOffer()))
  }

  /** A step that does not fit (another connection's answer, a candidate of a dead path, a connection that was closed) must not stop those behind it. */
  private then(step: () => Promise<void>): void {
    this.line = this.line.then(step).catch(() => undefined)
  }
}
