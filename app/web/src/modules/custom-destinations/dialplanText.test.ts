import { describe, expect, it } from 'vitest'

import { piecesOf } from './dialplanText'

describe('pieces of a dialplan line', () => {
  it.each([
    ['[custom]', ['head']],
    ['exten => s,1,Answer()', ['key', 'separator', 'value']],
    [' same = n,Hangup() ; over', ['key', 'separator', 'value', 'comment']],
    ['; a remark', ['comment']],
    ['include', ['text']],
    ['', []],
    ['same => n,Set(a=b\\;c)', ['key', 'separator', 'value']],
  ])('of %j', (line, kinds) => {
    const pieces = piecesOf(line)
    expect(pieces.map((piece) => piece.kind)).toEqual(kinds)
    expect(pieces.map((piece) => piece.text).join('')).toBe(line)
  })
})
