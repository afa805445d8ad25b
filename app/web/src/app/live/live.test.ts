import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'

import type { AgentLive, CallLive, Me } from '@/api'

import { useSession } from '../session/store'
import { LiveConnection, type ConnectionState } from './connection'
import { useLiveStore } from './store'

/** The other end of the websocket, moved by the test. */
class Peer {
  static opened: Peer[] = []
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  isClosed = false

  constructor(readonly url: string) {
    Peer.opened.push(this)
  }

  static get last(): Peer {
    return Peer.opened.at(-1)!
  }

  send(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }

  drop(code = 1006): void {
    this.onclose?.({ code })
  }

  close(): void {
    this.isClosed = true
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  Peer.opened = []
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function connection() {
  const states: ConnectionState[] = []
  const messages: unknown[] = []
  const onSignedOut = vi.fn()
  const live = new LiveConnection({
    url: 'wss://contact.example/ws/live',
    onMessage: (message) => messages.push(message),
    onState: (state) => {
      if (states.at(-1) !== state) states.push(state)
    },
    onSignedOut,
    open: (url) => new Peer(url) as unknown as WebSocket,
    random: () => 1,
  })
  return { live, states, messages, onSignedOut }
}

describe('LiveConnection', () => {
  it('is live with the first message', () => {
    const { live, states, messages } = connection()
    live.start()
    Peer.last.send({ type: 'ping' })
    expect(states).toEqual(['connecting', 'live'])
    expect(messages).toEqual([{ type: 'ping' }])
  })

  it('reconnects with growing pauses, up to a limit', () => {
    const { live, states } = connection()
    live.start()
    const pauses: number[] = []
    for (let failure = 0; failure < 8; failure += 1) {
      const before = Peer.opened.length
      Peer.last.drop()
      let waited = 0
      while (Peer.opened.length === before) {
        vi.advanceTimersByTime(100)
        waited += 100
      }
      pauses.push(waited)
    }
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000])
    expect(states).toEqual(['connecting', 'reconnecting'])
    Peer.last.send({ type: 'ping' })
    expect(states.at(-1)).toBe('live')
  })

  it('takes a long silence for a lost connection', () => {
    const { live } = connection()
    live.start()
    Peer.last.send({ type: 'ping' })
    vi.advanceTimersByTime(44_000)
    Peer.last.send({ type: 'ping' })
    vi.advanceTimersByTime(44_000)
    expect(Peer.opened).toHaveLength(1)
    vi.advanceTimersByTime(2_000)
    expect(Peer.opened).toHaveLength(2)
    expect(Peer.opened[0]!.isClosed).toBe(true)
  })

  it('does not wait when the network is back', () => {
    const { live } = connection()
    live.start()
    Peer.last.drop()
    window.dispatchEvent(new Event('online'))
    expect(Peer.opened).toHaveLength(2)
  })

  it('stops when nobody is signed in', () => {
    const { live, states, onSignedOut } = connection()
    live.start()
    Peer.last.drop(4401)
    vi.advanceTimersByTime(60_000)
    expect(onSignedOut).toHaveBeenCalledOnce()
    expect(Peer.opened).toHaveLength(1)
    expect(states.at(-1)).toBe('idle')
  })

  it('ignores a socket that was replaced', () => {
    const { live, messages } = connection()
    live.start()
    const first = Peer.last
    first.drop()
    vi.advanceTimersByTime(500)
    first.send({ type: 'ping' })
    first.drop()
    vi.advanceTimersByTime(500)
    expect(messages).toEqual([])
    expect(Peer.opened).toHaveLength(2)
  })
})

const NOW = Date.UTC(2026, 2, 2, 12)

function agent(agent_id: number, status: AgentLive['status'] = 'READY'): AgentLive {
  return {
    agent_id,
    name: `Agent ${agent_id}`,
    extension: 1000 + agent_id,
    group_id: 1,
    status,
    pause_id: null,
    pause_name: null,
    pending_pause_id: null,
    since: NOW,
    acw_until: null,
    must_disposition: false,
    call_id: null,
    campaign_id: null,
    number: null,
    campaigns: [1],
    registered: true,
  }
}

function caller(call_id: string, state: CallLive['state'] = 'waiting'): CallLive {
  const place = { campaign_id: 1, campaign_name: 'Sales', number: '3515550100', did: '0800' }
  return { call_id, ...place, state, since: NOW, entered_at: NOW, agent_ids: [] }
}

function me(agentId: number | null): Me {
  return {
    user: {
      id: 5,
      username: 'mperez',
      first_name: '',
      last_name: '',
      email: '',
      language: 'es',
      role: { slug: 'agent', name: 'Agent' },
      must_change_password: false,
    },
    permissions: ['agent.console'],
    agent: agentId === null ? null : { id: agentId, extension: 1007, group_id: 1 },
    may_change_password: true,
    csrf_token: 'x',
  }
}

describe('useLiveStore', () => {
  beforeEach(() => {
    vi.setSystemTime(NOW)
    vi.stubGlobal('WebSocket', Peer)
    setActivePinia(createPinia())
  })

  async function signedIn() {
    const session = useSession()
    const live = useLiveStore()
    session.me = me(7)
    await nextTick()
    return { session, live }
  }

  it('connects while somebody is signed in', async () => {
    const { session, live } = await signedIn()
    expect(Peer.last.url).toBe(`ws://${window.location.host}/ws/live`)
    Peer.last.send({ type: 'snapshot', agents: [agent(7)], calls: [], now: NOW })
    session.forget()
    await nextTick()
    expect(live.state).toBe('idle')
    expect(live.agents.size).toBe(0)
    expect(live.hasSnapshot).toBe(false)
  })

  it('follows a snapshot and the changes after it', async () => {
    const { live } = await signedIn()
    const snapshot = {
      type: 'snapshot',
      agents: [agent(7), agent(8)],
      calls: [caller('a')],
      now: NOW + 90_000,
    }
    Peer.last.send(snapshot)
    expect(live.ownAgent?.agent_id).toBe(7)
    expect(live.serverNow()).toBe(NOW + 90_000)
    Peer.last.send({ type: 'agent', agent: agent(7, 'ONCALL') })
    Peer.last.send({ type: 'call', call: caller('a', 'talking') })
    Peer.last.send({ type: 'call', call: caller('b') })
    expect(live.ownAgent?.status).toBe('ONCALL')
    expect([...live.calls.values()].map((call) => call.state)).toEqual(['talking', 'waiting'])
    Peer.last.send({ type: 'call-ended', call_id: 'a', agent_ids: [7] })
    expect([...live.calls.keys()]).toEqual(['b'])
    Peer.last.send({ ...snapshot, agents: [agent(8)], calls: [] })
    expect(live.ownAgent).toBeNull()
    expect(live.calls.size).toBe(0)
  })

  it('keeps the last state on screen while it reconnects', async () => {
    const { live } = await signedIn()
    Peer.last.send({ type: 'snapshot', agents: [agent(7)], calls: [], now: NOW })
    Peer.last.drop()
    expect(live.state).toBe('reconnecting')
    expect(live.agents.size).toBe(1)
  })

  it('lets modules hear messages until they stop', async () => {
    const { live } = await signedIn()
    const heard = vi.fn()
    const stop = live.onMessage(heard)
    Peer.last.send({ type: 'ping' })
    stop()
    Peer.last.send({ type: 'ping' })
    expect(heard).toHaveBeenCalledOnce()
  })

  it('ends the session when it was opened elsewhere, and comes back after signing in again', async () => {
    const { session, live } = await signedIn()
    Peer.last.send({ type: 'session-ended' })
    await nextTick()
    expect(session.ended).toBe('replaced')
    expect(live.state).toBe('idle')
    session.ended = null
    await nextTick()
    expect(Peer.opened).toHaveLength(2)
  })

  it('reads the session again when rights or the group changed', async () => {
    const { session } = await signedIn()
    const reload = vi.spyOn(session, 'refresh').mockResolvedValue()
    Peer.last.send({ type: 'session-changed' })
    expect(reload).toHaveBeenCalledOnce()
    expect(session.ended).toBeNull()
  })

  it('asks for the password when the server knows nobody', async () => {
    const { session } = await signedIn()
    Peer.last.drop(4401)
    await nextTick()
    expect(session.ended).toBe('expired')
  })
})
