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

/** Perfect negotiation (W3C WebRTC §10.7) over connections that may be rebuilt; signals are taken one after the other. */
export class Negotiation {
  pc: RTCPeerConnection | undefined
  private c = ''
  private spare: Connection | undefined
  private makingOffer = false
  private ignoring = false
  private line: Promise<void> = Promise.resolve()

  constructor(private readonly setup: NegotiationSetup) {}

  /** The other side will offer: what its offer needs is made before it comes. */
  await(): void {
    this.spare = this.setup.connect()
  }

  /** Starts from nothing with an offer of this side. */
  offer(): void {
    const c = hex(crypto.getRandomValues(new Uint8Array(4)))
    const { pc, offer } = this.build(c, true)
    void this.makeOffer(pc, c, offer)
  }

  restartIce(): void {
    const { pc } = this
    if (pc && pc.signalingState !== 'closed' && pc.remoteDescription) pc.restartIce()
    else this.offer()
  }

  hear(signal: Signal): void {
    // A signal that does not fit (another connection's answer, a candidate of a dead path) must not stop those behind it.
    this.line = this.line.then(() => this.take(signal)).catch(() => undefined)
  }

  close(): void {
    const { pc, spare } = this
    this.pc = this.spare = undefined
    pc?.close()
    spare?.pc.close()
  }

  private async take(signal: Signal): Promise<void> {
    if (signal.type === 'bye') return
    if (signal.type === 'offer') return this.takeOffer(signal.sdp, signal.c)
    if (!this.pc || signal.c !== this.c) return
    if (signal.type === 'ice-candidate') {
      if (!this.ignoring) await this.pc.addIceCandidate(signal.candidate || undefined)
    } else if (this.pc.signalingState === 'have-local-offer') await this.pc.setRemoteDescription({ type: 'answer', sdp: signal.sdp })
  }

  private async takeOffer(sdp: string, c: string): Promise<void> {
    const isUnanswered = this.makingOffer || (this.pc !== undefined && this.pc.signalingState === 'have-local-offer')
    this.ignoring = isUnanswered && !this.setup.polite
    if (this.ignoring) return
    const isNew = !this.pc || c !== this.c
    const pc = isNew ? this.build(c, false).pc : this.pc!
    const offer = { type: 'offer' as const, sdp }
    // Both calls at once: between them the browser must not start an offer of its own.
    if (isUnanswered && !isNew) await Promise.all([pc.setLocalDescription({ type: 'rollback' }), pc.setRemoteDescription(offer)])
    else await pc.setRemoteDescription(offer)
    const answer = await pc.createAnswer()
    await pc.setLocalDescription(answer)
    if (pc === this.pc) this.setup.say({ type: 'answer', sdp: answer.sdp!, c })
  }

  private build(c: string, offers: boolean): Connection {
    const { spare } = this
    this.spare = undefined
    this.close()
    const connection = spare || this.setup.connect()
    const { pc } = connection
    this.pc = pc
    this.c = c
    this.makingOffer = false
    pc.onicecandidate = ({ candidate }) => {
      if (pc === this.pc) this.setup.say({ type: 'ice-candidate', candidate: candidate && candidate.toJSON(), c })
    }
    pc.onnegotiationneeded = () => this.makeOffer(pc, c)
    this.setup.made(connection, offers)
    return connection
  }

  /** `ready` holds as long as the application has added nothing to the connection. */
  private async makeOffer(pc: RTCPeerConnection, c: string, ready?: Promise<RTCSessionDescriptionInit>): Promise<void> {
    if (pc !== this.pc || this.makingOffer || pc.signalingState !== 'stable') return
    this.makingOffer = true
    try {
      const offer = await ((!pc.getTransceivers().length && ready) || pc.createOffer())
      if (pc !== this.pc || pc.signalingState !== 'stable') return
      await pc.setLocalDescription(offer)
      this.setup.say({ type: 'offer', sdp: offer.sdp!, c })
    } catch {
      // The connection was closed meanwhile: the plan builds the next.
    } finally {
      if (pc === this.pc) this.makingOffer = false
    }
  }
}
