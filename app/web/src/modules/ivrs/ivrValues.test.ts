import { describe, expect, it } from 'vitest'

import type { Ivr } from './api'
import { bodyOf, DIGITS, freeDigits, newValues, nextOption, optionErrors, valuesOf } from './ivrValues'

const ivr: Ivr = {
  id: 7,
  name: 'Main menu',
  description: '',
  audio_id: 1,
  timeout_seconds: 5,
  timeout_retries: 1,
  timeout_audio_id: null,
  timeout: { type: 'inbound-campaign', id: 2, name: 'Sales' },
  invalid_retries: 2,
  invalid_audio_id: 3,
  invalid: { type: 'hangup', id: null, name: null },
  options: [
    { digit: '1', destination: { type: 'ivr', id: 8, name: 'Sales menu' } },
    { digit: '#', destination: { type: 'hangup', id: null, name: null } },
  ],
  used_by: [],
}

describe('an IVR in the form', () => {
  it('goes back as it came, without what only the server knows', () => {
    const body = bodyOf(valuesOf(ivr))
    expect(body).toEqual({
      name: 'Main menu',
      description: '',
      audio_id: 1,
      timeout_seconds: 5,
      timeout_retries: 1,
      timeout_audio_id: null,
      timeout: { type: 'inbound-campaign', id: 2 },
      invalid_retries: 2,
      invalid_audio_id: 3,
      invalid: { type: 'hangup', id: null },
      options: [
        { digit: '1', destination: { type: 'ivr', id: 8 } },
        { digit: '#', destination: { type: 'hangup', id: null } },
      ],
    })
  })
})

describe('the options', () => {
  it('get the next free key, until there is none', () => {
    const { options } = newValues()
    expect(nextOption(options)?.digit).toBe('2')
    const full = DIGITS.map((digit) => ({ ...options[0]!, digit }))
    expect(freeDigits(full)).toEqual([])
    expect(nextOption(full)).toBeNull()
  })

  it('are wrong with a key twice or without a destination', () => {
    const { options } = valuesOf(ivr)
    expect(optionErrors(options)).toEqual([])
    expect(optionErrors([...options, { ...options[0]! }])).toEqual([{ index: 2, what: 'digit' }])
    expect(optionErrors(newValues().options)).toEqual([{ index: 0, what: 'destination' }])
  })
})
