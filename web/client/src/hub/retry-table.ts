/** Seed 001: "Exponential backoff: 1s, 2s, 4s"; a hub link goes on for ever, capped at 30 s. */
export const HUB_RETRY_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000]

/** The delay before attempt `attempt` (from 0), spread by a quarter either way so that clients of one dead hub do not return as one. */
export function retryDelayMs(attempt: number, dice: () => number, table: number[] = HUB_RETRY_MS): number {
  const base = table[Math.min(attempt, table.length - 1)]
  return Math.round(Math.min(table[table.length - 1], base * (0.75 + dice() / 2)))
}

/** The delay before another hub is tried: no more than keeps all clients of a dead hub from arriving there in the same millisecond. */
export function elsewhereDelayMs(dice: () => number): number {
  return Math.round(300 * dice())
}
