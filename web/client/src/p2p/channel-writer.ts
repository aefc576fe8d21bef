import type { Bytes } from '../codec/bytes.ts'
import { BROWSERS_TAKE_BYTES, CHANNEL_PART_BYTES, PART_BYTES } from './parts.ts'

const LOW_BYTES = 262_144
const HIGH_BYTES = 1_048_576
/** send() copies at once, so one frame serves all: new memory costs browsers more than copying. */
let frame = new Uint8Array(0)

/** Writes messages to a data channel no faster than it drains, one after the other. */
export class ChannelWriter {
  private line: Promise<unknown> = Promise.resolve()
  private wakeUp: (() => void) | undefined
  private readonly partBytes: number

  /** `takesBytes`: the longest message that the other side takes, where that is known. */
  constructor(
    private readonly channel: RTCDataChannel,
    takesBytes = 0,
  ) {
    this.partBytes = takesBytes < BROWSERS_TAKE_BYTES ? PART_BYTES : CHANNEL_PART_BYTES
    channel.bufferedAmountLowThreshold = LOW_BYTES
    channel.addEventListener('bufferedamountlow', () => this.wake())
    channel.addEventListener('close', () => this.wake())
  }

  /** True once the browser has taken every byte; false when the channel closed before. */
  write(message: Bytes): Promise<boolean> {
    const written = this.line.then(() => this.writeNow(message))
    this.line = written
    return written
  }

  private async writeNow(message: Bytes): Promise<boolean> {
    const { channel, partBytes } = this
    for (let at = 0; at === 0 || at < message.length; at += partBytes) {
      if (channel.bufferedAmount > HIGH_BYTES) await new Promise<void>((low) => (this.wakeUp = low))
      if (channel.readyState !== 'open') return false
      const part = message.subarray(at, at + partBytes)
      if (frame.length <= part.length) frame = new Uint8Array(1 + part.length)
      frame[0] = at + partBytes < message.length ? 1 : 0
      frame.set(part, 1)
      channel.send(frame.subarray(0, 1 + part.length))
    }
    return true
  }

  private wake(): void {
    this.wakeUp?.()
    this.wakeUp = undefined
  }
}
