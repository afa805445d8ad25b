import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ApiProblem, type AgentLive } from '@/api'
import { readOffer } from '@/webphone/offer'
import type { PhoneCall } from '@/webphone/state'

import { browserMemory } from './browser-memory'
import { Drafts } from './drafts'
import { useEngineRequest } from './engine-request'
import { canPutAway, interactionOfCall, interactionOfLive } from './interaction'
import { searchOptions } from './option-search'
import { keysFor, shortcutOf, SHORTCUTS } from './shortcuts'
import { followWorkTime, totalsAt } from './work-time'

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

afterEach(() => {
  vi.useRealTimers()
  window.localStorage.clear()
})

describe('work time', () => {
  it('sums work and pause, and stops both while the phone is away', () => {
    let time = followWorkTime(null, live({ since: 0 }))
    time = followWorkTime(time, live({ status: 'RINGING', since: 10_000 }))
    time = followWorkTime(time, live({ status: 'PAUSE', since: 60_000 }))
    time = followWorkTime(time, live({ status: 'UNAVAILABLE', since: 90_000 }))
    time = followWorkTime(time, live({ status: 'ACW', since: 100_000 }))
    expect(totalsAt(time!, 105_000)).toEqual({ workMs: 65_000, pauseMs: 30_000 })
  })

  it('begins anew with the next login', () => {
    const time = followWorkTime(null, live({ since: 0 }))
    expect(followWorkTime(time, live({ status: 'OFFLINE', since: 5_000 }))).toBeNull()
  })

  it('never counts backwards when clocks disagree', () => {
    const time = followWorkTime(null, live({ since: 10_000 }))
    expect(totalsAt(time!, 4_000)).toEqual({ workMs: 0, pauseMs: 0 })
  })
})

describe('drafts', () => {
  it('survive a reload and belong to one agent', () => {
    new Drafts(browserMemory(1)).keep('c1', { optionId: null, comment: 'half a thou', editedAt: 5 })
    expect(new Drafts(browserMemory(1)).of('c1')?.comment).toBe('half a thou')
    expect(new Drafts(browserMemory(2)).of('c1')).toBeNull()
  })

  it('vanish when empty, saved or forgotten for days', () => {
    const drafts = new Drafts(browserMemory(1))
    drafts.keep('c1', { optionId: 3, comment: '', editedAt: 0 })
    drafts.keep('c1', { optionId: null, comment: '', editedAt: 1 })
    expect(drafts.of('c1')).toBeNull()
    drafts.keep('c2', { optionId: 3, comment: '', editedAt: 0 })
    drafts.dropOlderThan(5 * 24 * 3_600_000)
    expect(drafts.of('c2')).toBeNull()
  })

  it('do not break where the browser forbids storage', () => {
    const forbidden = {
      getItem: () => {
        throw new Error('denied')
      },
      setItem: () => {
        throw new Error('denied')
      },
    } as unknown as Storage
    const memory = browserMemory(1, forbidden)
    memory.write('x', 1)
    expect(memory.read('x')).toBeNull()
  })
})

describe('interaction', () => {
  const details = readOffer((name) => ({ OMLCALLID: 'c1', IDCamp: '7', OMLCAMPNAME: 'Sales' })[name], '351')
  const call = { details, answeredAt: 1_000, endedAt: null } as PhoneCall

  it('begins with the answered call', () => {
    expect(interactionOfCall(call, 9)).toMatchObject({
      callId: 'c1',
      campaignId: 7,
      number: '351',
      answeredAt: 1_000,
      endedAt: null,
    })
  })

  it("of the agent's own call has no answer yet, and outside of campaigns nothing to disposition", () => {
    const own = (headers: Record<string, string>) =>
      interactionOfCall({ ...call, details: readOffer((name) => headers[name], '351') }, 9)
    expect(own({ OMLCALLID: 'c1', IDCamp: '7', Origin: 'CLICK2CALL' })).toMatchObject({
      isOutbound: true,
      isOffCampaign: false,
      startedAt: 1_000,
      answeredAt: null,
    })
    expect(own({ OMLCALLID: 'c1', IDCamp: '0', Origin: 'withoutCamp' })).toMatchObject({
      isOffCampaign: true,
      campaignId: null,
    })
  })

  it('is found again from the live state after a reload', () => {
    const during = live({ status: 'ONCALL', call_id: 'c1', campaign_id: 7, number: '351', since: 500 })
    expect(interactionOfLive(during, undefined, 'Sales')).toMatchObject({
      callId: 'c1',
      answeredAt: 500,
      endedAt: null,
    })
    const after = live({ status: 'ACW', call_id: 'c1', since: 900, must_disposition: true })
    expect(interactionOfLive(after, undefined, 'Sales')).toMatchObject({
      endedAt: 900,
      forcesDisposition: true,
    })
    expect(interactionOfLive(live(), undefined, '')).toBeNull()
  })

  it('cannot be put away while talking or while its disposition is owed', () => {
    const talking = interactionOfCall(call, 9)
    const over = { ...talking, endedAt: 2_000 }
    expect(canPutAway(talking, live())).toBe(false)
    expect(canPutAway(over, live({ must_disposition: true, call_id: 'c1' }))).toBe(false)
    expect(canPutAway(over, live({ must_disposition: true, call_id: 'other' }))).toBe(true)
    expect(canPutAway(over, live())).toBe(true)
  })
})

describe('option search', () => {
  const options = ['Venta', 'No interesado', 'Información', 'Volver a llamar'].map((name) => ({ name }))
  const found = (text: string) => searchOptions(options, text).map((option) => option.name)

  it('puts beginnings first and does not mind accents or case', () => {
    expect(found('v')).toEqual(['Venta', 'Volver a llamar'])
    expect(found('INT')).toEqual(['No interesado'])
    expect(found('informacion')).toEqual(['Información'])
    expect(found('orma')).toEqual(['Información'])
    expect(found('zzz')).toEqual([])
    expect(found(' ')).toHaveLength(4)
  })
})

describe('shortcuts', () => {
  const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
    shortcutOf({ key, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, target: null, ...more })

  it('need Ctrl and Shift, except the help outside of fields', () => {
    expect(press('A', { ctrlKey: true, shiftKey: true })).toBe('answer')
    expect(press('a')).toBeNull()
    expect(press('A', { ctrlKey: true, shiftKey: true, altKey: true })).toBeNull()
    expect(press('?', { shiftKey: true })).toBe('help')
    expect(press('?', { target: document.createElement('textarea') })).toBeNull()
  })

  it('are each bound once', () => {
    expect(new Set(SHORTCUTS.map((shortcut) => shortcut.key)).size).toBe(SHORTCUTS.length)
    expect(keysFor('hang-up')).toBe('Ctrl+Shift+E')
  })
})

describe('engine request', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  const away = new ApiProblem(503, 'engine-unavailable', 'away')

  it('sends the command again until the engine is back', async () => {
    const onAgent = vi.fn()
    const request = useEngineRequest({ onAgent, onProblem: vi.fn() })
    const command = vi.fn<() => Promise<AgentLive>>().mockRejectedValueOnce(away).mockResolvedValue(live())
    expect(await request.send(command)).toBe(false)
    expect(request.isEngineAway.value).toBe(true)
    await vi.advanceTimersByTimeAsync(4_100)
    expect(onAgent).toHaveBeenCalledOnce()
    expect(request.isEngineAway.value).toBe(false)
  })

  it('can be given up, and a newer command replaces a waiting one', async () => {
    const onAgent = vi.fn()
    const request = useEngineRequest({ onAgent, onProblem: vi.fn() })
    const first = vi.fn<() => Promise<AgentLive>>().mockRejectedValue(away)
    await request.send(first)
    request.giveUp()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(first).toHaveBeenCalledOnce()
    await request.send(first)
    await request.send(() => Promise.resolve(live()))
    await vi.advanceTimersByTimeAsync(20_000)
    expect(first).toHaveBeenCalledTimes(2)
    expect(onAgent).toHaveBeenCalledOnce()
  })

  it('tells any other refusal at once', async () => {
    const onProblem = vi.fn()
    const request = useEngineRequest({ onAgent: vi.fn(), onProblem })
    const refusal = new ApiProblem(409, 'disposition-required', 'first the disposition')
    await request.send(() => Promise.reject(refusal))
    expect(onProblem).toHaveBeenCalledWith(refusal)
    expect(request.isEngineAway.value).toBe(false)
  })
})
