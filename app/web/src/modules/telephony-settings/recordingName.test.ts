import { describe, expect, it } from 'vitest'

import type { NameScheme } from './api'
import { exampleName, SCHEME_PARTS } from './recordingName'

const nothing = Object.fromEntries(SCHEME_PARTS.map((part) => [part, false])) as unknown as NameScheme

describe('the example of a recording name', () => {
  it('always has the kind of call and the id of the call', () => {
    expect(exampleName(nothing)).toBe('inbound-1795330800.41.mp3')
  })

  it('has what is switched on, in a fixed order', () => {
    const scheme = { ...nothing, with_phone: true, with_date: true, with_agent_id: true }
    expect(exampleName(scheme)).toBe('inbound-20261122-7-3515550123-1795330800.41.mp3')
  })
})
