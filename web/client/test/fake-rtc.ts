/** A browser's WebRTC as far as links ask for it: two connections are open once the one has the other's answer. */
export function fakeRtc(): { rtc: unknown; made: number } {
  const all = new Map<string, Pc>()
  const world = { rtc: undefined as unknown, made: 0 }

  class Channel {
    readyState = 'connecting'
    bufferedAmount = 0
    other: Channel | undefined
    onopen: (() => void) | undefined
    onclose: (() => void) | undefined
    onmessage: ((event: { data: ArrayBuffer }) => void) | undefined
    addEventListener(): void {}
    send(frame: Uint8Array): void {
      const { other } = this
      const data = frame.slice().buffer as ArrayBuffer
      queueMicrotask(() => other && other.readyState === 'open' && other.onmessage?.({ data }))
    }
    become(state: string): void {
      if (this.readyState === state) return
      this.readyState = state
      if (state === 'open') this.onopen?.()
      else this.onclose?.()
    }
  }

  class Pc {
    readonly name = `pc${++world.made}`
    readonly channels: Channel[] = []
    connectionState = 'new'
    iceConnectionState = 'new'
    signalingState = 'stable'
    remoteDescription: { type: string; sdp: string } | null = null
    other: Pc | undefined
    onconnectionstatechange: (() => void) | undefined
    constructor() {
      all.set(this.name, this)
    }
    createDataChannel(): Channel {
      this.channels.push(new Channel())
      return this.channels[this.channels.length - 1]
    }
    getTransceivers(): unknown[] {
      return []
    }
    async createOffer(): Promise<object> {
      return { type: 'offer', sdp: this.name }
    }
    async createAnswer(): Promise<object> {
      return { type: 'answer', sdp: this.name }
    }
    async setLocalDescription({ type }: { type: string }): Promise<void> {
      this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable'
    }
    async setRemoteDescription(description: { type: string; sdp: string }): Promise<void> {
      this.remoteDescription = description
      this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable'
      const other = all.get(description.sdp)
      if (description.type !== 'answer' || !other || other.signalingState === 'closed') return
      ;[this.other, other.other] = [other, this]
      this.channels.forEach((channel, i) => ([channel.other, other.channels[i].other] = [other.channels[i], channel]))
      for (const pc of [other, this]) pc.become('connected')
      for (const pc of [other, this]) pc.channels.forEach((channel) => channel.become('open'))
    }
    async addIceCandidate(): Promise<void> {}
    async getStats(): Promise<Map<string, unknown>> {
      return new Map()
    }
    restartIce(): void {}
    close(): void {
      if (this.signalingState === 'closed') return
      this.signalingState = 'closed'
      this.channels.forEach((channel) => (channel.onclose = undefined))
      this.channels.forEach((channel) => channel.become('closed'))
      const { other } = this
      queueMicrotask(() => other?.channels.forEach((channel) => channel.become('closed')))
    }
    become(state: string): void {
      this.connectionState = state
      this.onconnectionstatechange?.()
    }
  }
  world.rtc = Pc
  return world
}
