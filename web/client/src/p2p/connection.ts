/** A browser's connection and its two channels: signaling.md, "Channels". */
export interface Connection {
  pc: RTCPeerConnection
  main: RTCDataChannel
  fast: RTCDataChannel
  /** Made before anybody knows whether it is wanted. */
  offer?: Promise<RTCSessionDescriptionInit>
}

export function makeConnection(rtc: typeof RTCPeerConnection, config: RTCConfiguration): Connection {
  const pc = new rtc(config)
  const main = pc.createDataChannel('main', { negotiated: true, id: 0 })
  const fast = pc.createDataChannel('fast', { negotiated: true, id: 1, ordered: false, maxRetransmits: 0 })
  main.binaryType = fast.binaryType = 'arraybuffer'
  return { pc, main, fast }
}
