import type { Bytes } from '../codec/bytes.ts'
import { split } from './parts.ts'

const LOW_BYTES = 262_144
const HIGH_BYTES = 1_048_576

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
    for (const frame of split(message)) {
      if (this.channel.bufferedAmount > HIGH_BYTES) await new Promise<void>((low) => (this.wakeUp = low))
      if (this.channel.readyState !== 'open') return false
      this.channel.send(frame)
    }
    return true
  }

  private wake(): void {
    this.wakeUp?.()
    this.wakeUp = undefined
  }
}
