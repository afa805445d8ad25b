/** Calls between agents: who is listed, the wish to call, what became of it, and the names on calls from them. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ref, shallowRef } from 'vue'

import { ApiProblem, type AgentLive } from '@/api'
import { readOffer } from '@/webphone/offer'
import type { PhoneCall } from '@/webphone/state'

import { callColleague, callOut, fetchColleagues, type Colleague, type ConsoleSession } from '../api'
import { offerSentence } from '../phone/sentences'

import { useCalling } from './calling'
import { canTakeCall, keptPosition, matching, useColleagues } from './colleagues'
import { OFF_CAMPAIGN } from './dialling'
import { interactionOfCall } from './interaction'

vi.mock('../api', () => ({ callOut: vi.fn(), callColleague: vi.fn(), fetchColleagues: vi.fn() }))

const ANA: Colleague = { agent_id: 11, name: 'Ana Paz', extension: 1002, status: 'READY' }
const BRUNO: Colleague = { agent_id: 12, name: 'Bruno Gil', extension: 1003, status: 'ONCALL' }

function live(changes: Partial<AgentLive> = {}): AgentLive {
  return {
    agent_id: 1,
    name: 'Me',
    extension: 1001,
    group_id: 1,
    status: 'READY',
    since: 0,
    ...changes,
  } as AgentLive
}

function session(mayCallAgents: boolean, mayCallOutside: boolean): ConsoleSession {
  const group = {
    manual_call_campaign_kinds: [],
    allow_off_campaign_calls: mayCallOutside,
    allow_calls_between_agents: mayCallAgents,
  }
  return { agent: { group }, campaigns: [] } as unknown as ConsoleSession
}

afterEach(() => {
  window.localStorage.clear()
  window.sessionStorage.clear()
})

describe('the list', () => {
  it('lets only those be called who are ready', () => {
    const statuses: Colleague['status'][] = [
      'READY',
      'RINGING',
      'ONCALL',
      'ACW',
      'PAUSE',
      'UNAVAILABLE',
      'DISABLED',
    ]
    expect(statuses.filter((status) => canTakeCall({ ...ANA, status }))).toEqual(['READY'])
  })

  it('follows what is typed before the server has answered', () => {
    const found = (search: string) => matching([ANA, BRUNO], search).map(({ name }) => name)
    expect(found('')).toEqual(['Ana Paz', 'Bruno Gil'])
    expect(found(' pAZ')).toEqual(['Ana Paz'])
    expect(found('1003')).toEqual(['Bruno Gil'])
    expect(found('003')).toEqual([])
  })

  it('keeps the choice on the same person when it is read again', () => {
    expect(keptPosition([ANA, BRUNO], 12)).toBe(1)
    expect(keptPosition([BRUNO], 11)).toBe(0)
    expect(keptPosition([ANA], null)).toBe(0)
    expect(keptPosition([], 11)).toBe(-1)
  })
})

describe('useColleagues', () => {
  beforeEach(() => {
    vi.mocked(fetchColleagues).mockReset().mockResolvedValue([ANA])
  })

  it('learns a name once, and lives without it', async () => {
    const colleagues = useColleagues()
    vi.mocked(fetchColleagues).mockRejectedValueOnce(new ApiProblem(0, 'network-unreachable', 'away'))
    await colleagues.learn('1002')
    expect(colleagues.nameAt('1002')).toBe('')
    await colleagues.learn('1002')
    await colleagues.learn('1002')
    expect(colleagues.nameAt('1002')).toBe('Ana Paz')
    expect(fetchColleagues).toHaveBeenCalledTimes(2)
    colleagues.forget()
    expect(colleagues.nameAt('1002')).toBe('')
  })
})

describe('calling a colleague', () => {
  const agent = ref<AgentLive | null>(null)
  const console_ = shallowRef<ConsoleSession | null>(null)
  const wish = { number: '1002', target: OFF_CAMPAIGN, colleague: ANA } as const
  const dialing = live({ status: 'DIALING', call_id: 'c1', number: '1002', campaign_id: 0 })
  const refused = live({ status: 'READY', last_call_result: 'NOANSWER' })

  function build() {
    const calling = useCalling({ session: console_, agent, isPhoneFree: () => true, onAgent: vi.fn() })
    calling.open(1)
    return calling
  }

  beforeEach(() => {
    agent.value = live()
    console_.value = session(true, true)
    vi.mocked(callOut).mockReset()
    vi.mocked(callColleague).mockReset().mockResolvedValue(dialing)
  })

  it('is offered where the group allows it, also where no number may be called', () => {
    expect(build().ways.value).toEqual(['number', 'colleague'])
    console_.value = session(true, false)
    const calling = build()
    expect([calling.ways.value, calling.way.value, calling.mayCall.value]).toEqual([
      ['colleague'],
      'colleague',
      true,
    ])
    console_.value = session(false, true)
    expect(build().ways.value).toEqual(['number'])
    console_.value = session(false, false)
    expect(build().mayCall.value).toBe(false)
  })

  it('remembers the chosen way in this browser while it is allowed', () => {
    build().way.value = 'colleague'
    expect(build().way.value).toBe('colleague')
    console_.value = session(false, true)
    expect(build().way.value).toBe('number')
  })

  it('asks for the person, not for the extension, and is no recent number', async () => {
    const calling = build()
    calling.draft.value = '455'
    calling.colleagueSearch.value = 'ana'
    expect(await calling.place(wish)).toBe(true)
    expect(callColleague).toHaveBeenCalledExactlyOnceWith(11)
    expect(callOut).not.toHaveBeenCalled()
    expect(calling.recent.value).toEqual([])
    expect([calling.draft.value, calling.colleagueSearch.value]).toEqual(['455', ''])
  })

  it('keeps a refusal with the person, so that it can be tried again', async () => {
    const problem = new ApiProblem(409, 'engine-refused', 'no', [
      { field: 'type', code: 'agent-not-available', message: 'no' },
    ])
    vi.mocked(callColleague).mockRejectedValue(problem)
    const calling = build()
    expect(await calling.place(wish)).toBe(false)
    expect(calling.refusal.value).toEqual({ wish, problem })
  })

  it('says who did not answer, also after a reload', async () => {
    await build().place(wish)
    const reloaded = build()
    expect(reloaded.follow(refused, dialing)).toMatchObject({
      outcome: 'no-answer',
      colleague: { name: 'Ana Paz' },
    })
  })

  it('does not blame the colleague when the agent gave up', async () => {
    const calling = build()
    await calling.place(wish)
    expect(calling.follow(refused, dialing, true)?.outcome).toBe('cancelled')
  })

  it('does not take the next call to a number for one to the colleague', async () => {
    const calling = build()
    await calling.place(wish)
    const other = { ...dialing, call_id: 'c2', number: '455' }
    expect(calling.follow(refused, other, true)).toEqual({
      callId: 'c2',
      number: '455',
      target: OFF_CAMPAIGN,
      outcome: 'no-answer',
    })
  })
})

describe('a call from a colleague', () => {
  const headers: Record<string, string> = {
    OMLCALLID: 'c1',
    Origin: 'agentCall',
    OMLFROMAGENT: '11',
    OMLOUTNUM: '1002',
    OMLCAMPNAME: 'Me',
    IDCamp: '0',
  }
  const details = readOffer((name) => headers[name], '')
  const t = (key: string, values: Record<string, unknown>) => `${key} ${JSON.stringify(values)}`

  it('is announced by name, or by extension while the name is not known', () => {
    expect(offerSentence(details, t, 'Ana Paz')).toBe('agent.offer.colleagueSentence {"name":"Ana Paz"}')
    expect(offerSentence(details, t, '')).toBe('agent.offer.colleagueSentence {"name":"1002"}')
  })

  it('leaves nothing to disposition', () => {
    const call = { details, answeredAt: 1_000, endedAt: null } as PhoneCall
    expect(interactionOfCall(call, 9)).toMatchObject({
      isColleagueCall: true,
      isOffCampaign: true,
      campaignId: null,
      forcesDisposition: false,
    })
  })
})
