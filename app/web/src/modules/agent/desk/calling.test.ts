/** Calling out: the rules, and the wish to call from the button to its result. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ref, shallowRef } from 'vue'

import { ApiProblem, type AgentLive } from '@/api'

import { callOut, type ConsoleSession } from '../api'

import { useCalling } from './calling'
import { callTargets, dialableNumber, missedBetween, OFF_CAMPAIGN, targetFor, withRecent } from './dialling'

vi.mock('../api', () => ({ callOut: vi.fn(), callColleague: vi.fn() }))

function live(changes: Partial<AgentLive> = {}): AgentLive {
  return {
    agent_id: 1,
    name: 'Ana',
    extension: 1000,
    group_id: 1,
    status: 'READY',
    since: 0,
    ...changes,
  } as AgentLive
}

function session(kinds: string[], mayCallOutside: boolean, campaignIds = [7, 8]): ConsoleSession {
  return {
    agent: { group: { manual_call_campaign_kinds: kinds, allow_off_campaign_calls: mayCallOutside } },
    campaigns: campaignIds.map((id) => ({ id, name: `Campaign ${String(id)}` })),
  } as unknown as ConsoleSession
}

describe('dialableNumber', () => {
  it.each([
    ['4551234', '4551234'],
    ['+54 (351) 455-1234', '+543514551234'],
    ['+44 (0)20 7946 0000', '+442079460000'],
    ['tel:+1-212-555-0100', '+12125550100'],
    ['0351.455.1234', '03514551234'],
    ['455 12 34\u202c', '4551234'],
    ['455\u20111234', '4551234'],
    ['455123４', '4551234'],
    ['*72#', '*72#'],
  ])('reads %s as %s', (text, number) => {
    expect(dialableNumber(text)).toBe(number)
  })

  it.each(['', '   ', 'call me', '4551234 ext 12', '12+34', 'anonymous', '1'.repeat(31)])(
    'refuses "%s"',
    (text) => {
      expect(dialableNumber(text)).toBeNull()
    },
  )
})

describe('what may be called for', () => {
  it('follows the switches of the group', () => {
    expect(callTargets(null)).toEqual([])
    expect(callTargets(session(['manual', 'inbound'], true))).toEqual([7, 8, OFF_CAMPAIGN])
    expect(callTargets(session(['manual'], true))).toEqual([OFF_CAMPAIGN])
    expect(callTargets(session(['inbound'], false))).toEqual([7, 8])
    expect(callTargets(session([], false))).toEqual([])
  })

  it('for calling back is the campaign of the call, else none, else nothing', () => {
    expect(targetFor(7, [7, OFF_CAMPAIGN])).toBe(7)
    expect(targetFor(9, [7, OFF_CAMPAIGN])).toBe(OFF_CAMPAIGN)
    expect(targetFor(9, [7])).toBeNull()
    expect(targetFor(null, [7, 8])).toBeNull()
  })

  it('keeps recent numbers once each, the newest first, five of them', () => {
    expect(withRecent(['1', '2', '3', '4', '5'], '3')).toEqual(['3', '1', '2', '4', '5'])
    expect(withRecent(['1', '2', '3', '4', '5'], '6')).toEqual(['6', '1', '2', '3', '4'])
  })
})

describe('missedBetween', () => {
  const dialing = live({ status: 'DIALING', call_id: 'c1', number: '4551234', campaign_id: 7 })

  it.each([
    ['BUSY', 'busy'],
    ['NOANSWER', 'no-answer'],
    ['CANCEL', 'cancelled'],
    ['CHANUNAVAIL', 'unavailable'],
    ['CONGESTION', 'congestion'],
    ['NONDIALPLAN', 'no-route'],
    ['BLACKLIST', 'blocked'],
    ['OTHER', 'failed'],
    ['SOMETHING-NEW', 'failed'],
  ])('says %s as %s', (result, outcome) => {
    expect(missedBetween(dialing, live({ status: 'ACW', last_call_result: result }))).toEqual({
      callId: 'c1',
      number: '4551234',
      target: 7,
      outcome,
    })
  })

  it('is quiet while it is dialled, when somebody answers, and about calls it did not see', () => {
    expect(missedBetween(dialing, { ...dialing, since: 5 })).toBeNull()
    expect(missedBetween(dialing, live({ status: 'ONCALL', call_id: 'c1' }))).toBeNull()
    expect(missedBetween(live(), live({ status: 'READY', last_call_result: 'BUSY' }))).toBeNull()
    expect(missedBetween(null, live({ last_call_result: 'BUSY' }))).toBeNull()
  })

  it('takes campaign 0 for none', () => {
    const outside = { ...dialing, campaign_id: 0 }
    expect(missedBetween(outside, live({ last_call_result: 'BUSY' }))?.target).toBe(OFF_CAMPAIGN)
  })
})

describe('useCalling', () => {
  const agent = ref<AgentLive | null>(null)
  const console_ = shallowRef<ConsoleSession | null>(null)
  const onAgent = vi.fn()
  let isPhoneFree = true

  function build() {
    const calling = useCalling({ session: console_, agent, isPhoneFree: () => isPhoneFree, onAgent })
    calling.open(1)
    return calling
  }

  beforeEach(() => {
    agent.value = live()
    console_.value = session(['inbound'], true)
    isPhoneFree = true
    vi.mocked(callOut)
      .mockReset()
      .mockResolvedValue(live({ status: 'DIALING', call_id: 'c1' }))
  })

  afterEach(() => {
    window.localStorage.clear()
    window.sessionStorage.clear()
  })

  it('sends the number with its campaign, or with none', async () => {
    const calling = build()
    calling.draft.value = '455-1234'
    expect(await calling.place({ number: '4551234', target: 7 })).toBe(true)
    expect(callOut).toHaveBeenLastCalledWith({ number: '4551234', campaign_id: 7 })
    expect(onAgent).toHaveBeenCalledOnce()
    expect(calling.draft.value).toBe('')
    await calling.place({ number: '999', target: OFF_CAMPAIGN })
    expect(callOut).toHaveBeenLastCalledWith({ number: '999', campaign_id: null })
    expect(calling.recent.value).toEqual(['999', '4551234'])
  })

  it('asks once only, also when the engine is away, and keeps the number', async () => {
    const away = new ApiProblem(503, 'engine-unavailable', 'away')
    vi.mocked(callOut).mockRejectedValue(away)
    const calling = build()
    calling.draft.value = '4551234'
    const wish = { number: '4551234', target: 7 }
    expect(await calling.place(wish)).toBe(false)
    expect(callOut).toHaveBeenCalledOnce()
    expect(calling.refusal.value).toEqual({ wish, problem: away })
    expect(calling.draft.value).toBe('4551234')
    expect(calling.recent.value).toEqual([])
  })

  it.each<[string, Partial<AgentLive>]>([
    ['on a call', { status: 'ONCALL' }],
    ['dialling', { status: 'DIALING' }],
    ['while a call rings', { status: 'RINGING' }],
    ['without a phone', { status: 'UNAVAILABLE' }],
    ['before work', { status: 'OFFLINE' }],
    ['with a disposition owed', { status: 'ACW', must_disposition: true }],
  ])('does not ask %s', async (_, state) => {
    agent.value = live(state)
    const calling = build()
    expect(await calling.place({ number: '4551234', target: 7 })).toBe(false)
    expect(callOut).not.toHaveBeenCalled()
  })

  it.each<[string, Partial<AgentLive>]>([
    ['paused', { status: 'PAUSE' }],
    ['in wrap-up', { status: 'ACW' }],
  ])('calls while %s', async (_, state) => {
    agent.value = live(state)
    expect(await build().place({ number: '4551234', target: 7 })).toBe(true)
  })

  it('does not ask while the phone has a call', () => {
    isPhoneFree = false
    expect(build().canCallNow.value).toBe(false)
  })

  it('remembers the choice in this browser while it exists, and needs none where there is only one', () => {
    build().target.value = 8
    expect(build().target.value).toBe(8)
    console_.value = session(['inbound'], true, [7])
    expect(build().target.value).toBeNull()
    console_.value = session([], true)
    expect(build().target.value).toBe(OFF_CAMPAIGN)
  })

  it('keeps recent numbers through a reload and forgets them with the person', async () => {
    await build().place({ number: '4551234', target: 7 })
    const again = build()
    expect(again.recent.value).toEqual(['4551234'])
    again.forget()
    expect(build().recent.value).toEqual([])
  })

  it('shows what became of a call until the next one, or until it is put away', async () => {
    const calling = build()
    const dialing = live({ status: 'DIALING', call_id: 'c1', number: '4551234', campaign_id: 7 })
    const busy = live({ status: 'ACW', last_call_result: 'BUSY' })
    expect(calling.follow(busy, dialing)?.outcome).toBe('busy')
    calling.follow(live({ last_call_result: 'BUSY' }), busy)
    expect(calling.missed.value?.number).toBe('4551234')
    calling.follow(live({ status: 'RINGING' }), busy)
    expect(calling.missed.value).toBeNull()
    calling.follow(busy, dialing)
    calling.dismiss()
    expect(calling.missed.value).toBeNull()
    calling.follow(busy, dialing)
    await calling.place({ number: '4551234', target: 7 })
    expect(calling.missed.value).toBeNull()
  })

  it('offers to call back only what can be dialled and may be', () => {
    const calling = build()
    expect(calling.wishFor('455-1234', 7)).toEqual({ number: '4551234', target: 7 })
    expect(calling.wishFor('anonymous', 7)).toBeNull()
    console_.value = session(['inbound'], false)
    expect(calling.wishFor('4551234', null)).toBeNull()
  })
})
