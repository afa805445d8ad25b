import { describe, expect, it } from 'vitest'

import { bodyOf, linesOf, newField, plainNumber, tidied, valuesOf } from './formValues'

describe('a field of the designer', () => {
  it('keeps only what its type has', () => {
    const field = {
      ...newField(),
      name: ' Monto ',
      options: ['a'],
      number_kind: 'decimal' as const,
      digits: 3,
      external_site_id: 4,
    }
    expect(tidied({ ...field, type: 'text' })).toMatchObject({
      name: 'Monto',
      options: [],
      number_kind: null,
      digits: null,
      external_site_id: null,
    })
    expect(tidied({ ...field, type: 'list' })).toMatchObject({ options: ['a'], digits: null })
    expect(tidied({ ...field, type: 'number' })).toMatchObject({
      number_kind: 'decimal',
      digits: 3,
      options: [],
    })
    expect(tidied({ ...field, type: 'dynamic-list' })).toMatchObject({ external_site_id: 4, options: [] })
  })

  it('is a whole number unless somebody says otherwise', () => {
    expect(tidied({ ...newField(), type: 'number' })).toMatchObject({ number_kind: 'integer', digits: null })
  })

  it('is sent without the id of its row', () => {
    const values = { ...valuesOf(null), name: ' A ', fields: [{ ...newField(), name: 'x' }] }
    const body = bodyOf(values)
    expect(body.name).toBe('A')
    expect(body.fields[0]).not.toHaveProperty('id')
  })
})

describe('linesOf', () => {
  it('takes a value from each line, once', () => {
    expect(linesOf(' Buena\n\nMala \nBuena\r\n')).toEqual(['Buena', 'Mala'])
  })
})

describe('plainNumber', () => {
  it.each([
    ['12,5', '12.5'],
    ['-1,25 ', '-1.25'],
    ['12.5', '12.5'],
    ['1,2,3', '1,2,3'],
    ['1.000,5', '1.000,5'],
  ])('%s becomes %s', (typed, plain) => {
    expect(plainNumber(typed)).toBe(plain)
  })
})
