/**
 * Live state of agents and calls as the server pushes it: a snapshot on every (re)connection, then changes.
 * The shell starts it for anybody who is signed in; the server sends each person only what they may see.
 *
 * Server times are epoch milliseconds of the server's clock. `serverNow()` corrects for this machine's clock, so
 * timers on screen are right even where the desk's clock is not.
 */
import { defineStore } from 'pinia'
import { computed, reactive, ref, watch } from 'vue'

import type { AgentLive, CallLive } from '@/api'

import { useSession } from '../session/store'
import { LiveConnection, type ConnectionState } from './connection'

export type LiveMessage =
  | { type: 'snapshot'; agents: AgentLive[]; calls: CallLive[]; now: number }
  | { type: 'agent'; agent: AgentLive }
  | { type: 'call'; call: CallLive }
  | { type: 'call-ended'; call_id: string; agent_ids: number[] }
  /** A supervisor says something to this agent. */
  | { type: 'message'; message: { id: string; from: string; text: string; sent_at: number } }
  /** What the person may, or what their console works by, is no longer as it was read. */
  | { type: 'session-changed' }
  | { type: 'session-ended' }
  | { type: 'ping' }

function liveUrl(): string {
  const url = new URL('/ws/live', window.location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}

export const useLiveStore = defineStore('live', () => {
  const session = useSession()
  const state = ref<ConnectionState>('idle')
  /** False until the first snapshot; from then on the last known state stays, also while reconnecting. */
  const hasSnapshot = ref(false)
  const agents = reactive(new Map<number, AgentLive>())
  const calls = reactive(new Map<string, CallLive>())
  const clockOffsetMs = ref(0)
  const listeners = new Set<(message: LiveMessage) => void>()

  /** The signed-in agent's own state, null for everybody else and before the first snapshot. */
  const ownAgent = computed(() => {
    const id = session.me?.agent?.id
    return id === undefined ? null : (agents.get(id) ?? null)
  })

  function apply(message: LiveMessage): void {
    switch (message.type) {
      case 'snapshot':
        agents.clear()
        calls.clear()
        for (const agent of message.agents) agents.set(agent.agent_id, agent)
        for (const call of message.calls) calls.set(call.call_id, call)
        clockOffsetMs.value = message.now - Date.now()
        hasSnapshot.value = true
        break
      case 'agent':
        agents.set(message.agent.agent_id, message.agent)
        break
      case 'call':
        calls.set(message.call.call_id, message.call)
        break
      case 'call-ended':
        calls.delete(message.call_id)
        break
      case 'session-changed':
        void session.refresh()
        break
      case 'session-ended':
        connection.stop()
        session.end('replaced')
        break
      case 'message':
      case 'ping':
        break
    }
    for (const listener of listeners) listener(message)
  }

  const connection = new LiveConnection({
    url: liveUrl(),
    onMessage: (message) => {
      apply(message as LiveMessage)
    },
    onState: (value) => {
      state.value = value
    },
    onSignedOut: () => {
      session.end('expired')
    },
  })

  /** Hears every message after it was applied; returns the function that stops it. */
  function onMessage(listener: (message: LiveMessage) => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** An answer of the API that already carries the new state, applied without waiting for the push. */
  function setAgent(agent: AgentLive): void {
    agents.set(agent.agent_id, agent)
  }

  function serverNow(): number {
    return Date.now() + clockOffsetMs.value
  }

  function forget(): void {
    agents.clear()
    calls.clear()
    hasSnapshot.value = false
  }

  // Connected exactly while somebody's session is alive.
  watch(
    () => (session.me && !session.ended ? session.me.user.id : null),
    (userId, before) => {
      connection.stop()
      if (userId === null) {
        if (!session.me) forget()
        return
      }
      if (before !== userId && before != null) forget()
      connection.start()
    },
    { immediate: true },
  )

  return { state, hasSnapshot, agents, calls, ownAgent, clockOffsetMs, apply, onMessage, setAgent, serverNow }
})
