/** How frames reach a peer: on one network, straight through NATs, over a TURN server, over the hub. */
export type PeerPath = 'local' | 'direct' | 'relayed' | 'hub'

/** Reads the path out of the selected candidate pair. */
export async function pathOf(pc: RTCPeerConnection): Promise<PeerPath> {
  const stats = new Map<string, any>()
  const report = await pc.getStats().catch(() => undefined)
  if (report) report.forEach((value, key) => stats.set(key, value))
  let pair: any
  stats.forEach((value) => {
    if (value.type === 'transport' && value.selectedCandidatePairId) pair = stats.get(value.selectedCandidatePairId)
  })
  if (!pair) stats.forEach((value) => (pair = value.type === 'candidate-pair' && value.selected ? value : pair)) // Firefox
  if (!pair) return 'direct'
  const types = [stats.get(pair.localCandidateId), stats.get(pair.remoteCandidateId)].map((candidate) => candidate && candidate.candidateType)
  return types.includes('relay') ? 'relayed' : types.every((type) => type === 'host' || type === 'prflx') ? 'local' : 'direct'
}
