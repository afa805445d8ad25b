import { describe, expect, it } from 'vitest'

import { moved } from './order'

describe('moving an item of a list', () => {
  it('moves forwards and backwards', () => {
    expect(moved(['a', 'b', 'c', 'd'], 0, 2)).toEqual(['b', 'c', 'a', 'd'])
    expect(moved(['a', 'b', 'c', 'd'], 3, 1)).toEqual(['a', 'd', 'b', 'c'])
  })

  it('leaves the list alone when there is no such place', () => {
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
    expect(moved(['a', 'b'], 1, 2)).toEqual(['a', 'b'])
    expect(moved(['a', 'b'], 5, 0)).toEqual(['a', 'b'])
  })

  it('does not change the list it is given', () => {
    const before = ['a', 'b']
    moved(before, 0, 1)
    expect(before).toEqual(['a', 'b'])
  })
})
