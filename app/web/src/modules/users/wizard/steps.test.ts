import { describe, expect, it } from 'vitest'

import { NO_VALUES } from '../userValues'

import { lacksOf, stepOfField, stepsFor, type NewUserValues } from './steps'

const EMPTY: NewUserValues = { ...NO_VALUES, password: '', must_change_password: true }

describe('the steps of making a user', () => {
  it('end with the group, for agents only', () => {
    expect(stepsFor(true)).toEqual(['role', 'person', 'password', 'group'])
    expect(stepsFor(false)).toEqual(['role', 'person', 'password'])
  })

  it.each([
    ['role_slug', 'role'],
    ['username', 'person'],
    ['email', 'person'],
    ['password', 'password'],
    ['group_id', 'group'],
    ['something_new', 'role'],
  ])('a refused %s leads back to the step %s', (field, step) => {
    expect(stepOfField(field)).toBe(step)
  })

  it('each ask for what they need, and for nothing else', () => {
    expect(lacksOf('role', EMPTY, false)).toEqual({ role_slug: 'role' })
    expect(lacksOf('person', EMPTY, false)).toEqual({ username: 'username' })
    expect(lacksOf('password', EMPTY, true)).toEqual({ password: 'password' })
    expect(lacksOf('password', { ...EMPTY, password: '1234' }, true)).toEqual({ password: 'weakPassword' })
    expect(lacksOf('group', EMPTY, false)).toEqual({ group_id: 'group' })
    const whole = {
      ...EMPTY,
      role_slug: 'agent',
      username: 'ana',
      password: 'a fine passphrase',
      group_id: 1,
    }
    for (const step of stepsFor(true)) expect(lacksOf(step, whole, false)).toEqual({})
  })
})
