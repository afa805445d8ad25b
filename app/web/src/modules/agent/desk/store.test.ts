/** The desk's store while the agent calls out: what the phone and the engine say becomes one conversation. */
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'

import type { AgentLive, Me } from '@/api'
import { useLiveStore } from '@/app/live/store'
import { useSession } from '@/app/session/store'
import { readOffer } from '@/webphone/offer'
import { initialPhoneState, reducePhone, type PhoneState } from '@/webphone/state'

import { useDesk } from './store'

/** The telephone, moved by the test. */
const phone = vi.hoisted(() => ({
  call: null as unknown,
  isOnCall: false,
  isRegistered: true,
  listener: (() => undefined) as (next: unknown, previous: unknown) => void,
  onChange(listener: (next: unknown, previous: unknown) => void) {
    phone.listener = listener
  },
  forgetCall: () => undefined,
}))
vi.mock('../phone/store', () => ({ usePhone: () => phone }))

let state: PhoneState = initialPhoneState

function heard(...events: Parameters<typeof reducePhone>[1][]): void {
  for (const event of events) {
    const previous = state
    state = reducePhone(previous, event)
    phone.call = state.call
    phone.isOnCall = state.call !== null && state.call.phase !== 'ended'
    phone.listener(state, previous)
  }
}

function rings(headers: Record<string, string>): void {
  const details = readOffer((name) => headers[name], '')
  heard(
    { type: 'call.offered', sessionId: 's', details, at: 1_000 },
    { type: 'call.answered', sessionId: 's', at: 1_000 },
  )
}

async function engineSays(changes: Partial<AgentLive>): Promise<void> {
  const agent = { agent_id: 1, name: 'Ana', extension: 1000, group_id: 1, since: 0, ...changes } as AgentLive
  useLiveStore().setAgent(agent)
  await nextTick()
}

beforeEach(() => {
  vi.stubGlobal(
    'WebSocket',
    class {
      close(): void {
        return
      }
    },
  )
  setActivePinia(createPinia())
  state = initialPhoneState
  useSession().me = { user: { id: 1 }, permissions: [], agent: { id: 1 } } as unknown as Me
})

afterEach(() => {
  useSession().forget()
  vi.unstubAllGlobals()
})

const CAMPAIGN = {
  OMLCALLID: 'c1',
  Origin: 'CLICK2CALL',
  IDCamp: '7',
  OMLCAMPNAME: 'Sales',
  OMLOUTNUM: '455',
}
const OUTSIDE = { ...CAMPAIGN, Origin: 'withoutCamp', IDCamp: '0', OMLCAMPNAME: '' }
const end = { type: 'call.ended', sessionId: 's', cause: 'caller-hung-up', at: 9_000 } as const

it('dials until the engine says that somebody answered', async () => {
  const desk = useDesk()
  await engineSays({ status: 'DIALING', call_id: 'c1', number: '455', campaign_id: 7 })
  rings(CAMPAIGN)
  expect(desk.interaction).toMatchObject({ callId: 'c1', answeredAt: null, isOutbound: true })
  await engineSays({ status: 'ONCALL', call_id: 'c1', number: '455', campaign_id: 7 })
  expect(desk.interaction?.answeredAt).not.toBeNull()
  await engineSays({ status: 'ACW', call_id: 'c1' })
  heard(end)
  expect(desk.interaction).toMatchObject({ endedAt: 9_000, outcome: null })
  expect(desk.missedTarget).toBeNull()
})

it('keeps a call that reached nobody for its disposition, with what became of it', async () => {
  const desk = useDesk()
  await engineSays({ status: 'DIALING', call_id: 'c1', number: '455', campaign_id: 7 })
  rings(CAMPAIGN)
  await engineSays({ status: 'ACW', call_id: 'c1', last_call_result: 'BUSY' })
  heard(end)
  expect(desk.interaction).toMatchObject({ endedAt: 9_000, answeredAt: null, outcome: 'busy' })
  expect(desk.missedTarget).toMatchObject({ number: '455', target: 7, outcome: 'busy' })
})

it('leaves nothing to do after a call outside of campaigns', async () => {
  const desk = useDesk()
  await engineSays({ status: 'DIALING', call_id: 'c1', number: '455', campaign_id: 0 })
  rings(OUTSIDE)
  expect(desk.interaction?.isOffCampaign).toBe(true)
  await engineSays({ status: 'ONCALL', call_id: 'c1', number: '455', campaign_id: 0 })
  heard(end)
  await engineSays({ status: 'ACW', call_id: 'c1' })
  expect(desk.interaction).toBeNull()
})
