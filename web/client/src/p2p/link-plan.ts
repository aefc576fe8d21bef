import type { ProtocolCore, Wake } from '../cores/protocol-core.ts'

/** `start`: a link that offers has done so already. */
export type PlanInput = { type: 'start'; offers: boolean } | { type: 'offered' } | { type: 'opened' } | { type: 'lost' } | { type: 'stop' }
export type PlanEffect = { type: 'offer' } | { type: 'restart'; attempt: number } | { type: 'rebuild'; attempt: number } | { type: 'relay' } | { type: 'unreachable' }

/** Seed 001: "Exponential backoff: 1s, 2s, 4s". */
export const RECONNECT_MS = [1_000, 2_000, 4_000]
const OFFER_AFTER_MS = 3_000 // signaling.md: who hears JOINED waits this long for the newcomer's offer
const CONNECT_MS = 5_000
const UPGRADE_EVERY_MS = 30_000

/**
 * When to offer, restart ICE, build anew, fall back to the hub and give up on one peer.
 *
 *   idle → connecting → open ⇄ retrying → resting ⇄ open      (any) → gone
 *               └───────────────────↑
 *
 * From the first failure on messages go through the hub where that is allowed; resting means that only now and then a
 * better path is looked for.
 */
export class LinkPlan implements ProtocolCore<PlanInput, PlanEffect> {
  state: 'idle' | 'connecting' | 'open' | 'retrying' | 'resting' | 'gone' = 'idle'
  attempts = 0
  private offers = false
  private offered = false
  private relaying = false
  private wake: Wake | undefined
  private readonly effects: PlanEffect[] = []

  constructor(
    private readonly canRelay: () => boolean,
    private readonly maxAttempts = RECONNECT_MS.length,
  ) {}

  get nextWake(): Wake | undefined {
    return this.wake
  }

  take(): PlanEffect | undefined {
    return this.effects.shift()
  }

  handle(input: PlanInput, nowMs: number): void {
    if (this.state === 'gone') return
    switch (input.type) {
      case 'start':
        this.state = 'connecting'
        this.offers = this.offered = input.offers
        return this.sleep(nowMs + (input.offers ? CONNECT_MS : OFFER_AFTER_MS), input.offers ? 'connect' : 'hear an offer')
      case 'offered':
        if (this.state === 'connecting' && !this.offered) this.sleep(nowMs + CONNECT_MS, 'connect')
        this.offered = true
        return
      case 'opened':
        this.state = 'open'
        this.attempts = 0
        this.relaying = false
        this.wake = undefined
        return
      case 'lost':
        if (this.state !== 'open') return
        this.state = 'retrying'
        return this.sleepForAttempt(nowMs)
      case 'stop':
        this.state = 'gone'
        this.wake = undefined
    }
  }

  tick(nowMs: number): void {
    if (!this.wake || nowMs < this.wake.atMs) return
    if (this.state === 'connecting' && !this.offered) {
      this.offered = this.offers = true
      this.effects.push({ type: 'offer' })
      return this.sleep(nowMs + CONNECT_MS, 'connect')
    }
    if (this.state === 'connecting') this.state = 'retrying'
    this.relay()
    if (this.state === 'resting') {
      this.effects.push({ type: 'rebuild', attempt: 0 })
      return this.sleep(nowMs + UPGRADE_EVERY_MS, 'look for a better path')
    }
    if (this.attempts >= this.maxAttempts) return this.rest(nowMs)
    this.attempts++
    // ICE restarts keep what is in flight; only the last attempt starts from nothing.
    this.effects.push({ type: this.attempts < this.maxAttempts ? 'restart' : 'rebuild', attempt: this.attempts })
    this.sleepForAttempt(nowMs)
  }

  /** The side that did not offer waits a little longer, so that both do not restart at once. */
  private sleepForAttempt(nowMs: number): void {
    const table = RECONNECT_MS
    const waitMs = this.attempts < this.maxAttempts ? table[Math.min(this.attempts, table.length - 1)] : CONNECT_MS
    this.sleep(nowMs + waitMs + (this.offers ? 0 : 500), 'reconnect')
  }

  private rest(nowMs: number): void {
    if (!this.relaying) this.effects.push({ type: 'unreachable' })
    this.state = 'resting'
    this.sleep(nowMs + UPGRADE_EVERY_MS, 'look for a better path')
  }

  private relay(): void {
    if (this.relaying || !this.canRelay()) return
    this.relaying = true
    this.effects.push({ type: 'relay' })
  }

  private sleep(atMs: number, why: string): void {
    this.wake = { atMs, why }
  }
}
