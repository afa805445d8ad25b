/** Pure formatting of times, durations, sizes. Locale and zone come in as arguments; see `useFormatters` for views. */

export interface Place {
  /** BCP 47 tag. */
  locale: string
  /** IANA name. */
  timeZone: string
}

/** An instant as the API sends it (ISO 8601) or as live state does (epoch milliseconds). */
export type Instant = string | number | Date

/** What stands where a value is unknown; unknown is not zero. */
export const UNKNOWN = '—'

/** `0:07`, `12:34`, `1:02:03`. Negative durations (clock skew) count as zero. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds == null || Number.isNaN(seconds)) return UNKNOWN
  const whole = Math.max(0, Math.floor(seconds))
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  const rest = String(whole % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`
}

/** ISO 8601 duration for the `datetime` attribute of `<time>`. */
export function isoDuration(seconds: number): string {
  return `PT${Math.max(0, Math.floor(seconds))}S`
}

function formatter(place: Place, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(place.locale, { timeZone: place.timeZone, ...options })
}

export function formatDateTime(instant: Instant | null | undefined, place: Place): string {
  if (instant == null) return UNKNOWN
  return formatter(place, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(instant))
}

/** With the zone's name: for places where two zones could be confused (tooltips, exports). */
export function formatDateTimeWithZone(instant: Instant | null | undefined, place: Place): string {
  if (instant == null) return UNKNOWN
  const options: Intl.DateTimeFormatOptions = {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }
  return formatter(place, options).format(new Date(instant))
}

export function formatDate(instant: Instant | null | undefined, place: Place): string {
  if (instant == null) return UNKNOWN
  return formatter(place, { dateStyle: 'medium' }).format(new Date(instant))
}

/** Time of day with seconds, 24 h or 12 h as the locale has it. */
export function formatTime(instant: Instant | null | undefined, place: Place): string {
  if (instant == null) return UNKNOWN
  return formatter(place, { timeStyle: 'medium' }).format(new Date(instant))
}

export function formatNumber(value: number | null | undefined, locale: string): string {
  return value == null ? UNKNOWN : new Intl.NumberFormat(locale).format(value)
}

/** Decimal units, one digit: `1.4 MB`. */
export function formatBytes(bytes: number | null | undefined, locale: string): string {
  if (bytes == null) return UNKNOWN
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1000 ** power)
}

/** Wall-clock difference of a zone to UTC at an instant, in milliseconds. */
function zoneOffsetMs(instant: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant)
  const part = (type: string) => Number(parts.find((entry) => entry.type === type)?.value)
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return wall - Math.floor(instant.getTime() / 1000) * 1000
}

/**
 * The instant at which a wall clock in the zone shows the given local date and time; for date filters.
 * `date` is `YYYY-MM-DD`, `time` is `HH:MM` or `HH:MM:SS`. A wall time that a clock change skips moves forward.
 */
export function instantOfWallClock(date: string, time: string, timeZone: string): Date {
  const asUtc = new Date(`${date}T${time.length === 5 ? `${time}:00` : time}Z`)
  const guess = new Date(asUtc.getTime() - zoneOffsetMs(asUtc, timeZone))
  return new Date(asUtc.getTime() - zoneOffsetMs(guess, timeZone))
}

/** Today's date in the zone as `YYYY-MM-DD`. */
export function dateInZone(instant: Instant, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date(instant))
}
