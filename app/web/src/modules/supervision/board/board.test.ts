import { describe, expect, it } from 'vitest'

import type { AgentLive, CallLive } from '@/api'

import {
  agentRows,
  agentsCallingOut,
  agentsInScope,
  countStatuses,
  queueLines,
  STATUS_ORDER,
  waitingCallers,
  type BoardFilter,
  type CampaignToday,
} from './board'
import { windowOf } from './row-window'

function agent(id: number, changes: Partial<AgentLive> = {}): AgentLive {
  return {
    agent_id: id,
    name: `Agent ${String(id)}`,
    extension: 999 + id,
    group_id: 1,
    status: 'READY',
    pause_id: null,
    pause_name: null,
    pending_pause_id: null,
    since: id,
    acw_until: null,
    must_disposition: false,
    call_id: null,
    campaign_id: null,
    number: null,
    campaigns: [1],
    registered: true,
    ...changes,
  }
}

function caller(id: string, changes: Partial<CallLive> = {}): CallLive {
  return {
    call_id: id,
    campaign_id: 1,
    campaign_name: 'Sales',
    number: '351',
    did: '0800',
    state: 'waiting',
    since: 0,
    entered_at: 0,
    agent_ids: [],
    ...changes,
  }
}

const everything: BoardFilter = {
  campaignId: null,
  groupId: null,
  statuses: new Set(STATUS_ORDER),
  search: '',
}
const campaign = (id: number) => ({ campaign_id: id, name: `C${String(id)}` }) as CampaignToday

describe('agents', () => {
  const floor = [
    agent(1, { name: 'Álvaro', status: 'PAUSE', group_id: 2, since: 50 }),
    agent(2, { name: 'Zoe', status: 'RINGING', since: 90 }),
    agent(3, { name: 'Bea', status: 'OFFLINE', campaigns: [2], since: 10 }),
    agent(4, { name: 'Ana', status: 'RINGING', campaigns: [1, 2], since: 70 }),
  ]

  it('are filtered by campaign and group', () => {
    expect(agentsInScope(floor, { ...everything, campaignId: 2 }).map((one) => one.agent_id)).toEqual([3, 4])
    expect(agentsInScope(floor, { ...everything, groupId: 2 }).map((one) => one.agent_id)).toEqual([1])
  })

  it('are found by name without accents, or by extension', () => {
    const found = (search: string) =>
      agentRows(floor, { ...everything, search }, 'name').map((one) => one.agent_id)
    expect(found('alv')).toEqual([1])
    expect(found('1001')).toEqual([2])
    expect(found('nobody')).toEqual([])
  })

  it('are ordered by what needs attention, by name or by time', () => {
    const order = (sort: 'status' | 'name' | 'longest') =>
      agentRows(floor, everything, sort).map((one) => one.agent_id)
    expect(order('status')).toEqual([4, 2, 1, 3])
    expect(order('name')).toEqual([1, 4, 3, 2])
    expect(order('longest')).toEqual([3, 1, 4, 2])
  })

  it('are counted per state, hidden states included', () => {
    expect(countStatuses(floor)).toMatchObject({ RINGING: 2, PAUSE: 1, OFFLINE: 1, READY: 0 })
    const shown = agentRows(floor, { ...everything, statuses: new Set(['PAUSE']) }, 'name')
    expect(shown.map((one) => one.agent_id)).toEqual([1])
  })
})

describe('queues', () => {
  it('count this moment per campaign', () => {
    const agents = [
      agent(1),
      agent(2, { status: 'ONCALL' }),
      agent(3, { status: 'ACW' }),
      agent(4, { status: 'PAUSE' }),
      agent(5, { status: 'READY', campaigns: [2] }),
      agent(6, { status: 'OFFLINE' }),
    ]
    const calls = [
      caller('a', { entered_at: 30 }),
      caller('b', { entered_at: 20, state: 'ringing' }),
      caller('c', { state: 'talking' }),
      caller('d', { campaign_id: 2, entered_at: 5 }),
      caller('e', { state: 'welcome' }),
    ]
    const [first, second] = queueLines([campaign(1), campaign(2)], agents, calls)
    expect(first).toMatchObject({
      waiting: 2,
      longestSince: 20,
      ringing: 1,
      talking: 1,
      ready: 1,
      busy: 2,
      paused: 1,
    })
    expect(second).toMatchObject({ waiting: 1, longestSince: 5, ready: 1, busy: 0 })
  })

  it('leave out what agents call themselves, and count those agents as busy', () => {
    const agents = [
      agent(1, { status: 'DIALING' }),
      agent(2, { status: 'ONCALL' }),
      agent(3, { status: 'ONCALL' }),
    ]
    const calls = [
      caller('d', { state: 'dialing', direction: 'outbound', agent_ids: [1] }),
      caller('o', { state: 'talking', direction: 'outbound', agent_ids: [2] }),
      caller('i', { state: 'talking', direction: 'inbound', agent_ids: [3] }),
    ]
    expect(queueLines([campaign(1)], agents, calls)[0]).toMatchObject({ waiting: 0, talking: 1, busy: 3 })
    expect(waitingCallers(calls, null)).toEqual([])
    expect(agentsCallingOut(calls)).toEqual(new Set([1, 2]))
  })

  it('list callers by how long they wait', () => {
    const calls = [
      caller('a', { entered_at: 9 }),
      caller('b', { entered_at: 3 }),
      caller('t', { state: 'talking' }),
    ]
    expect(waitingCallers(calls, null).map((call) => call.call_id)).toEqual(['b', 'a'])
    expect(waitingCallers(calls, 2)).toEqual([])
  })
})

describe('windowOf', () => {
  it('covers what is in sight with some rows to spare', () => {
    expect(windowOf(500, 44, 0, 440)).toEqual({ first: 0, last: 18 })
    expect(windowOf(500, 44, 4_400, 440)).toEqual({ first: 92, last: 118 })
  })
  it('copes with short and shrunken lists', () => {
    expect(windowOf(0, 44, 0, 440)).toEqual({ first: 0, last: 0 })
    expect(windowOf(5, 44, 4_400, 440)).toEqual({ first: 4, last: 5 })
  })
})

describe('a large floor', () => {
  it('five hundred agents are a few milliseconds per refresh', () => {
    const agents = Array.from({ length: 500 }, (_, index) =>
      agent(index, {
        status: STATUS_ORDER[index % STATUS_ORDER.length]!,
        campaigns: [index % 20, (index + 1) % 20],
      }),
    )
    const calls = Array.from({ length: 300 }, (_, index) =>
      caller(String(index), { campaign_id: index % 20 }),
    )
    const campaigns = Array.from({ length: 20 }, (_, index) => campaign(index))
    const rounds = 50
    const started = performance.now()
    for (let round = 0; round < rounds; round += 1) {
      queueLines(campaigns, agents, calls)
      agentRows(agentsInScope(agents, everything), everything, 'status')
      countStatuses(agents)
    }
    // A frame is 16 ms; the limit leaves room for a slow test machine.
    expect((performance.now() - started) / rounds).toBeLessThan(16)
  })
})
