/**
 * The contract of every protocol core, as in src/Roost.Core/Cores: bytes and time come in, effects come out.
 * No socket, clock, timer or dice inside. After every `handle` or `tick` the driver takes effects until there are none.
 */
export interface ProtocolCore<Input, Effect> {
  /** When to call `tick`, and why; undefined while nothing is awaited. */
  readonly nextWake: Wake | undefined
  handle(input: Input, nowMs: number): void
  tick(nowMs: number): void
  take(): Effect | undefined
}

export interface Wake {
  atMs: number
  why: string
}

export function earliest(...wakes: (Wake | undefined)[]): Wake | undefined {
  let first: Wake | undefined
  for (const wake of wakes) {
    if (wake && (!first || wake.atMs < first.atMs)) first = wake
  }
  return first
}
