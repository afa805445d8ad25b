import { describe, expect, it } from 'vitest'

import { mainPhone, rulesFor, withRule } from './fieldRules'

const columns = [
  { key: 'name', name: 'Name', role: 'data' as const },
  { key: 'phone', name: 'Phone', role: 'phone' as const },
  { key: 'phone2', name: 'Other phone', role: 'phone' as const },
]

describe('rules about columns', () => {
  it('lock what is hidden, and do not require it', () => {
    const rules = withRule({ name: { locked: false, hidden: false, required: true } }, 'name', 'hidden', true)
    expect(rules).toEqual({ name: { locked: true, hidden: true, required: false } })
  })

  it('show again what is unlocked or required', () => {
    const hidden = { name: { locked: true, hidden: true, required: false } }
    expect(withRule(hidden, 'name', 'locked', false)).toEqual({})
    expect(withRule(hidden, 'name', 'required', true).name).toEqual({
      locked: true,
      hidden: false,
      required: true,
    })
  })

  it('leave out columns without a rule', () => {
    expect(withRule({}, 'name', 'locked', true)).toHaveProperty('name')
    expect(
      withRule({ name: { locked: true, hidden: false, required: false } }, 'name', 'locked', false),
    ).toEqual({})
  })

  it('know the main phone', () => {
    expect(mainPhone(columns)).toBe('phone')
    expect(mainPhone([])).toBeUndefined()
  })

  it('follow another base', () => {
    const hidden = { locked: true, hidden: true, required: false }
    expect(rulesFor({ phone: hidden, phone2: hidden, gone: hidden }, columns)).toEqual({
      phone: { ...hidden, hidden: false },
      phone2: hidden,
    })
  })
})
