import { describe, expect, it } from 'vitest'

import { bodyOf, contextOf, firstRows, placesOf, readable, rowOf, valuesOf } from './siteValues'

const values = { ...valuesOf(null), name: ' CRM ', url: ' https://crm.example ', authentication_id: 4 }

describe('what is sent of a site', () => {
  it('has no format with GET and no token from a browser', () => {
    expect(bodyOf(values)).toEqual({
      name: 'CRM',
      url: 'https://crm.example',
      trigger: 'button',
      method: 'GET',
      format: null,
      target: 'embedded',
      authentication_id: null,
      is_hidden: false,
    })
  })

  it('has no target where the server sends it', () => {
    for (const trigger of ['server', 'dynamic-list'] as const) {
      expect(bodyOf({ ...values, trigger })).toMatchObject({ target: null, authentication_id: 4 })
    }
    const json = { ...values, method: 'POST', format: 'json' } as const
    expect(bodyOf(json)).toMatchObject({ format: 'json', target: null, authentication_id: 4 })
    expect(bodyOf({ ...json, method: 'GET' })).toMatchObject({ format: null, target: 'embedded' })
  })
})

describe('the trial', () => {
  it('begins with the places of the address', () => {
    expect(placesOf('https://crm.example/{2}/{10}/{1}?x={2}')).toEqual(['{1}', '{2}', '{10}'])
    expect(firstRows('https://crm.example/{1}').map((row) => row.name)).toEqual(['{1}'])
    expect(firstRows('https://crm.example/').map((row) => row.name)).toEqual(['idClient', 'tel'])
  })

  it('gives each kind its sample values', () => {
    const rows = [
      rowOf('a', 'call', 'telephone'),
      { ...rowOf('b', 'contact', 'dni'), sample: '30111222' },
      rowOf('c', 'fixed', 'es'),
      rowOf('d', 'disposition', 'form'),
    ]
    expect(contextOf(rows, 'Quality')).toEqual({
      call: { telephone: '+543515550100' },
      contact: { dni: '30111222' },
      answers: { Quality: 'Muy satisfecho' },
    })
  })

  it('shows JSON in lines', () => {
    expect(readable('{"a":1}')).toBe('{\n  "a": 1\n}')
    expect(readable('<html>')).toBe('<html>')
  })
})
