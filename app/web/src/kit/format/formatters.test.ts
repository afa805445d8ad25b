import { describe, expect, it } from 'vitest'

import {
  dateInZone,
  formatBytes,
  formatDateTime,
  formatDateTimeWithZone,
  formatDuration,
  formatNumber,
  formatTime,
  instantOfWallClock,
  isoDuration,
  UNKNOWN,
} from './formatters'

const cordoba = { locale: 'es-ES', timeZone: 'America/Argentina/Cordoba' }
const instant = '2026-03-02T02:05:09Z'

describe('formatDuration', () => {
  it.each([
    [0, '0:00'],
    [7.9, '0:07'],
    [754, '12:34'],
    [3723, '1:02:03'],
    [-3, '0:00'],
    [null, UNKNOWN],
    [Number.NaN, UNKNOWN],
  ])('shows %s as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })

  it('has a machine-readable form', () => {
    expect(isoDuration(61.8)).toBe('PT61S')
  })
})

describe('times', () => {
  it('are shown in the zone of the reader', () => {
    expect(formatDateTime(instant, cordoba)).toContain('23:05')
    expect(formatDateTime(instant, { locale: 'en-GB', timeZone: 'UTC' })).toContain('2 Mar 2026')
    expect(formatTime(Date.parse(instant), { locale: 'es', timeZone: 'Asia/Tokyo' })).toBe('11:05:09')
  })

  it('name the zone where it could be confused', () => {
    expect(formatDateTimeWithZone(instant, { locale: 'en-GB', timeZone: 'Europe/Berlin' })).toContain('CET')
  })

  it('are a dash when unknown', () => {
    expect(formatDateTime(null, cordoba)).toBe(UNKNOWN)
    expect(formatNumber(undefined, 'es')).toBe(UNKNOWN)
  })

  it('give the date of a zone', () => {
    expect(dateInZone(instant, cordoba.timeZone)).toBe('2026-03-01')
    expect(dateInZone(instant, 'UTC')).toBe('2026-03-02')
  })
})

describe('instantOfWallClock', () => {
  it('reads a local time in its zone', () => {
    expect(instantOfWallClock('2026-03-01', '23:05', cordoba.timeZone).toISOString()).toBe(
      '2026-03-02T02:05:00.000Z',
    )
    expect(instantOfWallClock('2026-07-01', '00:00:30', 'Europe/Berlin').toISOString()).toBe(
      '2026-06-30T22:00:30.000Z',
    )
  })

  it('follows the clock change', () => {
    const before = instantOfWallClock('2026-03-29', '01:59', 'Europe/Berlin')
    const after = instantOfWallClock('2026-03-29', '03:00', 'Europe/Berlin')
    expect(after.getTime() - before.getTime()).toBe(60_000)
  })
})

describe('formatBytes', () => {
  it.each([
    [0, '0 byte'],
    [999, '999 byte'],
    [40_044, '40 kB'],
    [1_450_000, '1.5 MB'],
  ])('shows %s as %s', (bytes, text) => {
    expect(formatBytes(bytes, 'en')).toBe(text)
  })
})
