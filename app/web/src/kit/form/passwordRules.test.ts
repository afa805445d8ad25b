import { describe, expect, it } from 'vitest'

import { brokenRules } from './passwordRules'

describe('brokenRules', () => {
  it.each([
    ['a fine long passphrase', []],
    ['short', ['long-enough']],
    ['12345678901', ['not-all-digits']],
    ['1234', ['long-enough', 'not-all-digits']],
    ['mariaperez', ['not-similar']],
    ['Perez-Maria', ['not-similar']],
    ['contact.example', ['not-similar']],
  ])('%s', (password, broken) => {
    expect(brokenRules(password, ['mperez', 'María', 'maria perez', 'mperez@contact.example'])).toEqual(
      broken,
    )
  })

  it('compares with nothing where nothing is known', () => {
    expect(brokenRules('mariaperez', ['', ''])).toEqual([])
  })
})
