import { describe, expect, it } from 'vitest'

import { lineErrors, lineRange } from './codeLines'

describe('errors by line', () => {
  it('finds the line an error is about', () => {
    expect(lineErrors('line 3: "x" is not known.\nthe text is too long')).toEqual([
      { line: 3, message: '"x" is not known.' },
      { line: null, message: 'the text is too long' },
    ])
  })

  it('is empty without an error', () => {
    expect(lineErrors(undefined)).toEqual([])
  })
})

describe('the place of a line', () => {
  it('spans the line without its end', () => {
    expect(lineRange('one\ntwo\nthree', 2)).toEqual([4, 7])
    expect(lineRange('one\ntwo\nthree', 3)).toEqual([8, 13])
  })
})
