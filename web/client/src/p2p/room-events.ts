import type { Emitter } from './emitter.ts'
import type { SignalingEvents } from './minimal-signaling.ts'
import type { RoomNews } from './room-desk.ts'

const LEFT_REASONS = ['left', 'connection lost', 'replaced', 'removed by the operator']

/** Tells a room's news as seed 001's events, and as ours beside them. */
export function roomEvents(tell: Emitter<SignalingEvents>): (news: RoomNews) => void {
  return (news) => {
    const from = news.peerId
    switch (news.type) {
      case 'member':
        return tell.emit('peer-joined', news)
      case 'left':
        return tell.emit('peer-left', { peerId: from, reason: LEFT_REASONS[news.reason] || 'left' })
      case 'cast':
        return tell.emit('cast', { from, payload: news.payload })
      case 'relayed':
        return tell.emit('relayed', { from, frame: news.frame, fast: news.fast })
      case 'signal': {
        const { signal } = news
        tell.emit('signal', { from, signal })
        if (signal.type === 'offer') tell.emit('offer', { from, offer: { type: 'offer', sdp: signal.sdp } })
        else if (signal.type === 'answer') tell.emit('answer', { from, answer: { type: 'answer', sdp: signal.sdp } })
        else if (signal.type === 'ice-candidate') tell.emit('ice-candidate', { from, candidate: signal.candidate })
      }
    }
  }
}
