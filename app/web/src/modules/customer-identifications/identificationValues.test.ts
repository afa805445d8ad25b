import { describe, expect, it } from 'vitest'

import type { Identification } from './api'
import { bodyOf, isWebAddress, newValues, valuesOf } from './identificationValues'

const item: Identification = {
  id: 4,
  name: 'By number',
  mode: 'crm-decides',
  url: 'https://crm.example/ask',
  audio_id: 2,
  length: 8,
  timeout_seconds: 5,
  attempts: 3,
  identified: { type: 'inbound-campaign', id: 1, name: 'Gold' },
  unidentified: { type: 'hangup', id: null, name: null },
}

describe('a customer identification in the form', () => {
  it('goes back as it came', () => {
    const { id: _id, ...rest } = item
    expect(bodyOf(valuesOf(item))).toEqual({
      ...rest,
      identified: { type: 'inbound-campaign', id: 1 },
      unidentified: { type: 'hangup', id: null },
    })
  })

  it('keeps no address when nobody is asked', () => {
    expect(bodyOf({ ...valuesOf(item), mode: 'ask-only' }).url).toBe('')
    expect(bodyOf({ ...newValues(), mode: 'crm-routes', url: ' https://a.b ' }).url).toBe('https://a.b')
  })
})

it('asks only web addresses', () => {
  expect(isWebAddress('https://crm.example')).toBe(true)
  expect(isWebAddress(' http://10.0.0.1:8080/x ')).toBe(true)
  for (const wrong of ['', 'crm.example', 'ftp://crm.example', 'file:///etc/passwd']) {
    expect(isWebAddress(wrong), wrong).toBe(false)
  }
})
