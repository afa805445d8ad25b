import { describe, expect, it } from 'vitest'

import { shownFacts } from './facts'

const FACTS = {
  callId: '01ABC',
  campaignName: 'Sales',
  did: '3001',
  routeName: 'Main line',
  callerPrefix: 'VIP',
  waitSeconds: 3,
}
const ALL = { show_name: true, show_did: true, show_route_name: true, show_call_id: true }

describe('what the agent is told of a call', () => {
  it('is what the campaign shows', () => {
    expect(shownFacts(FACTS, ALL)).toEqual(FACTS)
    expect(shownFacts(FACTS, { ...ALL, show_name: false }).campaignName).toBe('')
    expect(shownFacts(FACTS, { ...ALL, show_did: false }).did).toBe('')
    expect(shownFacts(FACTS, { ...ALL, show_route_name: false }).routeName).toBe('')
    expect(shownFacts(FACTS, { ...ALL, show_call_id: false }).callId).toBe('')
  })

  it('is everything but the id where there is no campaign', () => {
    expect(shownFacts(FACTS, null)).toEqual({ ...FACTS, callId: '' })
  })
})
