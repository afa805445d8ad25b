/** Ranges of time: what the form holds, and how one reads in words. */
import type { TimeGroup } from './api'

export type TimeRange = TimeGroup['ranges'][number]

/** The three pairs that narrow the days; both ends are set, or neither. */
export const PAIRS = [
  { from: 'weekday_from', to: 'weekday_to' },
  { from: 'month_day_from', to: 'month_day_to' },
  { from: 'month_from', to: 'month_to' },
] as const
export type PairEnd = (typeof PAIRS)[number]['from' | 'to']

const WORKING_HOURS = { time_from: '08:00', time_to: '19:59' }
const ANY_DAY = {
  weekday_from: null,
  weekday_to: null,
  month_day_from: null,
  month_day_to: null,
  month_from: null,
  month_to: null,
}

export function newRange(): TimeRange {
  return { ...WORKING_HOURS, ...ANY_DAY, weekday_from: 1, weekday_to: 5 }
}

/** One day, every year: a holiday. */
export function newHoliday(): TimeRange {
  return {
    ...ANY_DAY,
    time_from: '00:00',
    time_to: '23:59',
    month_day_from: 1,
    month_day_to: 1,
    month_from: 1,
    month_to: 1,
  }
}

/**
 * Sets one end of a pair. The other end follows where it was not set yet, and is taken away together with this one,
 * so that a pair is never half.
 */
export function setEnd(range: TimeRange, end: PairEnd, value: number | null): void {
  const pair = PAIRS.find(({ from, to }) => from === end || to === end)
  if (!pair) return
  const other = pair.from === end ? pair.to : pair.from
  range[end] = value
  if (value === null || range[other] === null) range[other] = value
}

/** Names of the weekdays from Monday, and of the months, as the language has them. */
export function dayNames(locale: string): string[] {
  const format = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' })
  return Array.from({ length: 7 }, (_, day) => format.format(Date.UTC(2024, 0, day + 1)))
}

export function monthNames(locale: string): string[] {
  const format = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' })
  return Array.from({ length: 12 }, (_, month) => format.format(Date.UTC(2024, month, 15)))
}

function span(from: string, to: string): string {
  return from === to ? from : `${from} – ${to}`
}

/** The range in short words, such as `08:00 – 19:59 · Monday – Friday`. */
export function rangeText(range: TimeRange, locale: string): string {
  const parts = [`${range.time_from} – ${range.time_to}`]
  const { weekday_from, weekday_to, month_day_from, month_day_to, month_from, month_to } = range
  const days = dayNames(locale)
  const months = monthNames(locale)
  if (weekday_from !== null && weekday_to !== null) {
    parts.push(span(days[weekday_from - 1] ?? '', days[weekday_to - 1] ?? ''))
  }
  if (month_day_from !== null && month_day_to !== null) {
    parts.push(span(String(month_day_from), String(month_day_to)))
  }
  if (month_from !== null && month_to !== null) {
    parts.push(span(months[month_from - 1] ?? '', months[month_to - 1] ?? ''))
  }
  return parts.join(' · ')
}
