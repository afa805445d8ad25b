import { describe, expect, it } from 'vitest'

import { piecesOf, unknownFields, withField } from './script'

const columns = [{ key: 'name', name: 'Name', role: 'data' as const }]
const sample = () => 'Lucía'

describe('the script', () => {
  it('shows the value of the contact where its column is named', () => {
    expect(piecesOf('Hi {{ name }}!', columns, sample)).toEqual([
      { text: 'Hi ' },
      { text: 'Lucía', field: 'known' },
      { text: '!' },
    ])
  })

  it('leaves fields the base does not have as they are', () => {
    expect(piecesOf('{{nam}}', columns, sample)).toEqual([{ text: '{{nam}}', field: 'unknown' }])
    expect(unknownFields('{{name}} {{x}} {{x}} {{y}}', columns)).toEqual(['{{x}}', '{{y}}'])
  })

  it('is no field without a second brace', () => {
    expect(piecesOf('{name} }}', columns, sample)).toEqual([{ text: '{name} }}' }])
  })

  it('takes a field in place of what is selected', () => {
    expect(withField('Hi NAME!', 'name', 3, 7)).toEqual({ text: 'Hi {{name}}!', cursor: 11 })
  })
})
