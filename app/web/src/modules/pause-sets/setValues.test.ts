import { describe, expect, it } from 'vitest'

import type { Pause, PauseSet } from './api'
import { bodyOf, formOf } from './setValues'

const PAUSES: Pause[] = [
  { id: 1, name: 'Lunch', kind: 'recreational' },
  { id: 2, name: 'Coaching', kind: 'productive' },
  { id: 3, name: 'Bath', kind: 'recreational' },
]
const SET: PauseSet = {
  id: 9,
  name: 'Morning',
  pauses: [
    { pause_id: 1, name: 'Lunch', kind: 'recreational', limit_seconds: 3600 },
    { pause_id: 2, name: 'Coaching', kind: 'productive', limit_seconds: 0 },
  ],
  groups: [],
}

describe('the form of a pause set', () => {
  it('starts a new one with every pause, breaks with a limit', () => {
    expect(formOf(PAUSES, null).rows.map((row) => [row.isIn, row.limitMinutes])).toEqual([
      [true, 15],
      [true, null],
      [true, 15],
    ])
  })

  it('shows what is in a set, and its limits in minutes', () => {
    expect(formOf(PAUSES, SET).rows.map((row) => [row.isIn, row.limitMinutes])).toEqual([
      [true, 60],
      [true, null],
      [false, null],
    ])
  })

  it('sends what is in it, in seconds', () => {
    const form = formOf(PAUSES, SET)
    for (const row of form.rows) if (row.name === 'Bath') Object.assign(row, { isIn: true, limitMinutes: 10 })
    expect(bodyOf(form, SET)).toEqual({
      name: 'Morning',
      pauses: [
        { pause_id: 1, limit_seconds: 3600 },
        { pause_id: 2, limit_seconds: 0 },
        { pause_id: 3, limit_seconds: 600 },
      ],
    })
  })

  it('leaves odd seconds alone until their minutes change', () => {
    const odd = {
      ...SET,
      pauses: [{ pause_id: 1, name: 'Lunch', kind: 'recreational' as const, limit_seconds: 90 }],
    }
    const form = formOf(PAUSES, odd)
    expect(form.rows[0]?.limitMinutes).toBe(2)
    expect(bodyOf(form, odd).pauses).toEqual([{ pause_id: 1, limit_seconds: 90 }])
    for (const row of form.rows) if (row.isIn) row.limitMinutes = 3
    expect(bodyOf(form, odd).pauses).toEqual([{ pause_id: 1, limit_seconds: 180 }])
  })
})
