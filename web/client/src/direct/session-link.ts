import type { Bytes } from '../codec/bytes.ts'
import { CoreDriver, type Clock } from '../cores/core-driver.ts'
import { makeConnection } from '../p2p/connection.ts'
import { PeerLink, type LinkEvent } from '../p2p/peer-link.ts'
import { readSignal, type Signal } from '../p2p/signals.ts'
import { readTalkFrame, writeEcho, writeFeed } from '../p2p/talk-frames.ts'
import type { LinksNews } from './links-news.ts'
import { Pulse, type PulseEffect, type PulseInput } from './pulse.ts'

export interface SessionLinkSetup {
  peer20: Bytes
  /** The peer's session in the room, as hex. */
  session: string
  offers: boolean
  polite: boolean
  iceServers: RTCIceServer[]
  clock: Clock
  rtc: typeof RTCPeerConnection
  say(signal: Signal): void
  tell(news: LinksNews): void
  unreachable(): void
}

const MAX_ATTEMPTS = 3
/** With this much that the browser has not taken, a peer gets no more. */
const FULL_BYTES = 262_144

/** One peer's direct link: feed frames, signals of restarts, and a pulse. */
export class SessionLink {
  readonly session: string
  private readonly link: PeerLink
  private readonly pulse: CoreDriver<PulseInput, PulseEffect>
  /** With so much unsent that nothing more should be given to it, until `drained` is told. */
  isFull = false
  private pendingBytes = 0
  private isUp = false
  private pingedAtMs = 0

  constructor(private readonly setup: SessionLinkSetup) {
    const { rtc, iceServers, clock, polite } = setup
    this.session = setup.session
    this.pulse = new CoreDriver(new Pulse(), (effect) => this.perform(effect), clock)
    this.link = new PeerLink({
      clock,
      polite,
      connect: () => makeConnection(rtc, { bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require', iceServers }),
      relay: 'never',
      maxAttempts: MAX_ATTEMPTS,
      say: (signal) => void (this.link.sayOverChannel(signal) || setup.say(signal)),
      sendRelayed: () => false,
      canRelay: () => false,
      heard: (event) => this.heard(event),
    })
  }

  start(): void {
    this.link.start(this.setup.offers)
  }

  hear(signal: Signal): void {
    this.link.hear(signal)
  }

  send(payload: Bytes): void {
    const message = writeFeed(payload)
    this.pendingBytes += message.length
    if (!this.isFull && this.pendingBytes > FULL_BYTES) {
      this.isFull = true
      this.tell('full')
    }
    void this.link.send(message).then(() => {
      this.pendingBytes -= message.length
      if (!this.isFull || this.pendingBytes > 0) return
      this.isFull = false
      this.tell('drained')
    })
  }

  close(): void {
    this.pulse.handle('closed')
    this.pulse.stop()
    this.link.close()
  }

  private heard(event: LinkEvent): void {
    if (event.type === 'ready') this.pulse.handle('opened')
    else if (event.type === 'down') this.pulse.handle('closed')
    else if (event.type === 'unreachable') this.setup.unreachable()
    else if (event.type === 'message') this.read(event.message)
  }

  private read(message: Bytes): void {
    this.pulse.handle('heard')
    const frame = readTalkFrame(message)
    if (!frame) return
    if (frame.type === 'feed') this.setup.tell({ type: 'frame', peer20: this.setup.peer20, payload: frame.bytes })
    else if (frame.type === 'ping') void this.link.send(writeEcho(8, frame.bytes))
    else if (frame.type === 'pong') void this.tellPath(performance.now() - this.pingedAtMs)
    else if (frame.type === 'signal') {
      const signal = readSignal(frame.text)
      if (signal) this.link.hear(signal)
    }
  }

  private perform(effect: PulseEffect): void {
    if (effect === 'ping') {
      this.pingedAtMs = performance.now()
      void this.link.send(writeEcho(7, new Uint8Array(0)))
      return
    }
    this.isUp = effect === 'up'
    this.tell(effect)
  }

  private async tellPath(rttMs: number): Promise<void> {
    await this.link.measured
    const { path } = this.link
    if (path && path !== 'hub' && this.isUp) this.setup.tell({ type: 'path', peer20: this.setup.peer20, via: { path, rttMs: Math.round(rttMs * 10) / 10 } })
  }

  private tell(type: 'up' | 'down' | 'full' | 'drained'): void {
    this.setup.tell({ type, peer20: this.setup.peer20 })
  }
}
