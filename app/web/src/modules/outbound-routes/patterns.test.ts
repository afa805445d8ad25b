import { describe, expect, it } from 'vitest'

import { elementsOf, exampleOf, newPattern } from './patterns'

describe('the elements of a pattern', () => {
  it('are letters, classes and digits', () => {
    expect(elementsOf('0[1-3]XZN.')).toEqual(['0', '[1-3]', 'X', 'Z', 'N', '.'])
    expect(elementsOf('*#+!')).toEqual(['*', '#', '+', '!'])
  })

  it.each(['', '_X', 'X.X', 'ABC', '[1-', '0 1', 'x'])('are none in %j', (match) => {
    expect(elementsOf(match)).toBeNull()
  })
})

describe('an example of a pattern', () => {
  it('loses the prefix and gets what is put before', () => {
    expect(exampleOf({ prepend: '0115', prefix: '15', match: '[2-9]XX' })).toEqual({
      dialled: '15212',
      sent: '0115212',
    })
  })

  it('gives an open end one digit, and an end that may be missing none', () => {
    expect(exampleOf({ ...newPattern(), match: '9.' })?.dialled).toBe('95')
    expect(exampleOf({ ...newPattern(), match: '9!' })?.dialled).toBe('9')
  })

  it('is none while the pattern is not one', () => {
    expect(exampleOf(newPattern())).toBeNull()
  })
})
