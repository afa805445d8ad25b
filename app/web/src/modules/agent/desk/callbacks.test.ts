import { beforeEach, expect, test, vi } from 'vitest'
import { nextTick, ref } from 'vue'

import { ApiProblem } from '@/api'

import { putCallback } from '../api'

import { callbacksVersion, isUntouched, momentOf, useCallback } from './callbacks'

vi.mock('../api', () => ({ putCallback: vi.fn() }))

const asked = vi.mocked(putCallback)
const WISH = { day: '2026-03-05', time: '18:13', kind: 'personal', note: 'after work' } as const

beforeEach(() => {
  asked.mockReset()
})

test('day and time are a moment of the agent’s own time zone', () => {
  expect(momentOf(WISH)).toBe(new Date(2026, 2, 5, 18, 13).toISOString())
  expect(momentOf({ ...WISH, day: '' })).toBeNull()
  expect(momentOf({ ...WISH, time: '' })).toBeNull()
  expect(momentOf({ ...WISH, day: '2026-99-99' })).toBeNull()
})

test('what is missing stands at its field until something is typed', async () => {
  const callback = useCallback(() => 'c1')
  expect(isUntouched(callback.wish.value)).toBe(true)
  expect(callback.isComplete('Fill this in.')).toBe(false)
  expect(callback.errors.value).toEqual({ day: 'Fill this in.', time: 'Fill this in.' })
  callback.wish.value.day = '2026-03-05'
  await nextTick()
  expect(callback.errors.value).toEqual({})
  expect(isUntouched(callback.wish.value)).toBe(false)
})

test('it is stored for the contact, and the list knows', async () => {
  const callback = useCallback(() => 'c1')
  callback.wish.value = { ...WISH }
  const before = callbacksVersion.value
  expect(await callback.store(4, 7, () => '')).toBe(true)
  expect(asked).toHaveBeenCalledWith({
    campaign_id: 4,
    contact_id: 7,
    due_at: momentOf(WISH),
    kind: 'personal',
    note: 'after work',
  })
  expect(callbacksVersion.value).toBe(before + 1)
})

test('a refusal stands at the field it is about, any other above', async () => {
  const callback = useCallback(() => 'c1')
  callback.wish.value = { ...WISH }
  await nextTick()
  const field = { field: 'due_at', code: 'callback-too-late', message: 'Too late.' }
  asked.mockRejectedValueOnce(new ApiProblem(422, 'validation-failed', '', [field]))
  expect(await callback.store(4, 7, ({ message }) => message)).toBe(false)
  expect(callback.errors.value).toEqual({ day: 'Too late.' })
  expect(callback.problem.value).toBeNull()
  asked.mockRejectedValueOnce(new ApiProblem(503, 'database-unavailable', 'Later.', []))
  expect(await callback.store(4, 7, () => '')).toBe(false)
  expect(callback.problem.value?.code).toBe('database-unavailable')
})

test('another call begins with nothing', async () => {
  const call = ref('c1')
  const callback = useCallback(() => call.value)
  callback.wish.value = { ...WISH }
  call.value = 'c2'
  await nextTick()
  expect(isUntouched(callback.wish.value)).toBe(true)
})
