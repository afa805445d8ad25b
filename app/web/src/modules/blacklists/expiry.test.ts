import { expect, it } from 'vitest'

import { inDays } from './expiry'

it('counts days from now', () => {
  const now = Date.UTC(2026, 1, 28, 12)
  expect(inDays(1, now)).toBe('2026-03-01T12:00:00.000Z')
  expect(inDays(365, now)).toBe('2027-02-28T12:00:00.000Z')
  expect(inDays(null, now)).toBeNull()
})
