import { concat, type Bytes } from '../codec/bytes.ts'

/** docs/protocol/signaling.md, "Channels": a frame is `more u8 ‖ part`. */
export const MAX_MESSAGE_BYTES = 16 * 1_048_576
/** A part in its envelope fits a SEND of the hub. */
export const PART_BYTES = 60_000
/** A part of those that go over a channel, where the other side takes as much as browsers do at least (RFC 8841 has 65,536 for those that do not say). */
export const CHANNEL_PART_BYTES = 240_000
export const BROWSERS_TAKE_BYTES = 262_144

/** Cuts a message into frames of at most `partBytes` + 1. */
export function* split(message: Bytes, partBytes = PART_BYTES): Generator<Bytes> {
  for (let at = 0; at === 0 || at < message.length; at += partBytes) {
    const isLast = at + partBytes >= message.length
    yield concat([isLast ? 0 : 1], message.subarray(at, at + partBytes))
  }
}

/** Joins frames to messages. Frames of one channel come in order. */
export class PartJoiner {
  private parts: Bytes[] = []
  private bytes = 0

  /** The message that this frame completes; 'broken' for what no honest peer sends. */
  add(frame: Bytes): Bytes | undefined | 'broken' {
    this.bytes += frame.length
    if (frame.length === 0 || frame[0] > 1 || this.bytes > MAX_MESSAGE_BYTES + MAX_MESSAGE_BYTES / 64) {
      this.reset()
      return 'broken'
    }
    this.parts.push(frame.subarray(1))
    if (frame[0] === 1) return undefined
    const whole = this.parts[1] ? concat(...this.parts) : this.parts[0]
    this.reset()
    return whole
  }

  reset(): void {
    this.parts = []
    this.bytes = 0
  }
}
