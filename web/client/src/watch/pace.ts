import type { Clock } from '../cores/core-driver.ts'

/**
 * Keeps checks of live signatures below a quarter of the main thread. A browser's own Ed25519 never notices; in JavaScript on
 * a phone a check takes 10 ms or more, and since one signature vouches for all entries before it, fewer checks lose nothing.
 */
export class Pace {
  private restUntilMs = 0

  constructor(private readonly clock: Clock) {}

  async run(urgent: boolean, check: () => Promise<boolean>): Promise<boolean> {
    const waitMs = urgent ? 0 : this.restUntilMs - this.clock.nowMs()
    if (waitMs > 0) await new Promise<void>((done) => this.clock.after(waitMs, done))
    const startedMs = this.clock.nowMs()
    const ok = await check().catch(() => false)
    const endedMs = this.clock.nowMs()
    this.restUntilMs = endedMs + 3 * (endedMs - startedMs)
    return ok
  }
}
