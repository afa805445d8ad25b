/**
 * How long to wait before trying again.
 *
 * Doubles from half a second to 15 s. Half of each delay is random, so that hundreds of browsers that lost the
 * same server do not come back in the same instant.
 */
const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 15_000

/**
 * @param attempt 1 for the first retry
 * @param random a number in [0, 1)
 * @returns milliseconds
 */
export function retryDelay(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 10))
  return Math.round(ceiling / 2 + (ceiling / 2) * random)
}
