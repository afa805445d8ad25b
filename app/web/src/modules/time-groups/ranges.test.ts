import { describe, expect, it } from 'vitest'

import { dayNames, monthNames, newHoliday, newRange, rangeText, setEnd } from './ranges'

describe('the ends of a pair', () => {
  it('are set together and taken away together', () => {
    const range = newHoliday()
    setEnd(range, 'weekday_from', 6)
    expect([range.weekday_from, range.weekday_to]).toEqual([6, 6])
    setEnd(range, 'weekday_to', 7)
    expect([range.weekday_from, range.weekday_to]).toEqual([6, 7])
    setEnd(range, 'weekday_from', null)
    expect([range.weekday_from, range.weekday_to]).toEqual([null, null])
  })

  it('do not touch other pairs', () => {
    const range = newRange()
    setEnd(range, 'month_from', 11)
    expect(range).toMatchObject({ weekday_from: 1, weekday_to: 5, month_from: 11, month_to: 11 })
  })
})

describe('a range in words', () => {
  it('names hours and days', () => {
    expect(rangeText(newRange(), 'en')).toBe('08:00 – 19:59 · Monday – Friday')
    expect(rangeText(newRange(), 'es')).toBe('08:00 – 19:59 · lunes – viernes')
  })

  it('says a single day once', () => {
    expect(rangeText(newHoliday(), 'en')).toBe('00:00 – 23:59 · 1 · January')
  })

  it('may wrap round', () => {
    const night = { ...newRange(), time_from: '22:00', time_to: '06:00', weekday_from: 5, weekday_to: 1 }
    expect(rangeText(night, 'en')).toBe('22:00 – 06:00 · Friday – Monday')
  })
})

it('days begin with Monday, months with January', () => {
  expect(dayNames('en')[0]).toBe('Monday')
  expect(dayNames('es')[6]).toBe('domingo')
  expect(monthNames('es')).toHaveLength(12)
  expect(monthNames('en')[11]).toBe('December')
})
