import { describe, expect, it } from 'vitest'

import { isEndedByEngine } from './dead-call'

const talking = { status: 'ONCALL', call_id: 'c1' } as const

describe('a call that ended without a goodbye', () => {
  it('is over when the engine says so and the phone still has it', () => {
    expect(isEndedByEngine(talking, { status: 'ACW' }, 'c1')).toBe(true)
    expect(isEndedByEngine(talking, { status: 'READY' }, 'c1')).toBe(true)
  })

  it('is not while the engine has it, or when the phone has another or none', () => {
    expect(isEndedByEngine(talking, { status: 'ONCALL' }, 'c1')).toBe(false)
    expect(isEndedByEngine(talking, { status: 'ACW' }, 'c2')).toBe(false)
    expect(isEndedByEngine(talking, { status: 'ACW' }, undefined)).toBe(false)
    expect(isEndedByEngine({ status: 'RINGING', call_id: 'c1' }, { status: 'READY' }, 'c1')).toBe(false)
  })
})
