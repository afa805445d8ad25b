const DAY_MS = 24 * 60 * 60 * 1000

/** The moment so many days from now; null, which means never, for none. */
export function inDays(days: number | null, now = Date.now()): string | null {
  return days === null ? null : new Date(now + days * DAY_MS).toISOString()
}
