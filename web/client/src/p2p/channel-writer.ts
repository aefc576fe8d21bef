import type { Bytes } from '../codec/bytes.ts'
import { PART_BYTES } from './parts.ts'

const LOW_BYTES = 262_144
const HIGH_BYTES = 1_048_576
/** One for all channels: send() copies what it is given. */
const frame = new Uint8Array(PART_BYTES + 1)

/** Writes messages to a data channel no faster than it drains, one after the other. */
export class ChannelWriter {
  private line: Promise<unknown> = Promise.resolve()
  private wakeUp: (() => void) | undefined

  constructor(private readonly channel: RTCDataChannel) {
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
    let at = 0
    do {
      if (this.channel.bufferedAmount > HIGH_BYTES) await new Promise<void>((low) => (this.wakeUp = low))
      if (this.channel.readyState !== 'open') return false
      const part = message.subarray(at, (at += PART_BYTES))
      frame[0] = at < message.length ? 1 : 0
      frame.set(part, 1)
      this.channel.send(frame.subarray(0, 1 + part.length))
    } while (at < message.length)
    return true
  }

  private wake(): void {
    this.wakeUp?.()
    this.wakeUp = undefined
  }
}
