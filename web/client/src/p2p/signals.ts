/** docs/protocol/signaling.md, "Payload", kind 00. */
export type Signal =
  | { type: 'offer'; sdp: string; c: string }
  | { type: 'answer'; sdp: string; c: string }
  | { type: 'ice-candidate'; candidate: RTCIceCandidateInit | null; c: string }
  | { type: 'bye' }

/** Reads a signal; undefined for anything that signaling.md does not describe. */
export function readSignal(text: string): Signal | undefined {
  let said: any
  try {
    said = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!said || typeof said !== 'object') return undefined
  if (said.type === 'bye') return { type: 'bye' }
  if (typeof said.c !== 'string' || !/^[0-9a-f]{8}$/.test(said.c)) return undefined
  if ((said.type === 'offer' || said.type === 'answer') && typeof said.sdp === 'string') return { type: said.type, sdp: said.sdp, c: said.c }
  const { candidate } = said
  if (said.type === 'ice-candidate' && (candidate === null || (typeof candidate === 'object' && typeof candidate.candidate === 'string')))
    return { type: 'ice-candidate', candidate, c: said.c }
  return undefined
}
