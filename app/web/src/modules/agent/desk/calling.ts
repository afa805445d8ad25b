/**
 * The agent's calls out, from the wish to its result: what may be called now, the request on its way, why it was
 * refused, and which call reached nobody. Part of the desk's store.
 */
import { computed, ref, shallowRef, type Ref } from 'vue'

import { asProblem, type AgentLive, type ApiProblem } from '@/api'

import { callOut, type ConsoleSession } from '../api'

import { browserMemory, type BrowserMemory } from './browser-memory'
import {
  callTargets,
  dialableNumber,
  missedBetween,
  targetFor,
  withRecent,
  type CallTarget,
  type MissedTarget,
} from './dialling'

export interface CallWish {
  number: string
  target: CallTarget
}

export interface CallingPorts {
  session: Readonly<Ref<ConsoleSession | null>>
  agent: Readonly<Ref<AgentLive | null>>
  /** Registered and without a call. */
  isPhoneFree: () => boolean
  onAgent: (agent: AgentLive) => void
}

const FREE: ReadonlySet<AgentLive['status']> = new Set(['READY', 'PAUSE', 'ACW'])
const TARGET = 'call-target'
const RECENT = 'recent-numbers'

export function useCalling({ session, agent, isPhoneFree, onAgent }: CallingPorts) {
  /** The number being written, kept here so that an incoming call does not lose it. */
  const draft = ref('')
  const chosen = ref<CallTarget | null>(null)
  const recent = ref<string[]>([])
  const placing = shallowRef<CallWish | null>(null)
  const refusal = shallowRef<{ wish: CallWish; problem: ApiProblem } | null>(null)
  const missed = shallowRef<MissedTarget | null>(null)
  /** Chosen campaign: as long as this browser lives. Numbers: they end with the tab, agents share machines. */
  let choices: BrowserMemory | null = null
  let numbers: BrowserMemory | null = null

  const targets = computed(() => callTargets(session.value))
  const mayCall = computed(() => targets.value.length > 0)
  /** The remembered choice while it still exists, or the only one there is. */
  const target = computed<CallTarget | null>({
    get: () => {
      if (chosen.value !== null && targets.value.includes(chosen.value)) return chosen.value
      return targets.value.length === 1 ? (targets.value[0] ?? null) : null
    },
    set: (value) => {
      chosen.value = value
      if (value !== null) choices?.write(TARGET, value)
    },
  })
  const canCallNow = computed(
    () =>
      mayCall.value &&
      placing.value === null &&
      isPhoneFree() &&
      FREE.has(agent.value?.status ?? 'OFFLINE') &&
      agent.value?.must_disposition !== true,
  )

  function open(agentId: number): void {
    choices = browserMemory(agentId)
    numbers = browserMemory(agentId, window.sessionStorage)
    chosen.value = choices.read<CallTarget>(TARGET)
    recent.value = numbers.read<string[]>(RECENT) ?? []
  }

  function forget(): void {
    numbers?.remove(RECENT)
    choices = numbers = null
    recent.value = []
    draft.value = ''
    placing.value = refusal.value = missed.value = null
  }

  /** Asks the engine once: a call that begins minutes later, when the engine is back, would surprise everybody. */
  async function place(wish: CallWish): Promise<boolean> {
    if (!canCallNow.value) return false
    placing.value = wish
    refusal.value = missed.value = null
    const campaignId = typeof wish.target === 'number' ? wish.target : null
    try {
      const answer = await callOut({ number: wish.number, campaign_id: campaignId })
      recent.value = withRecent(recent.value, wish.number)
      numbers?.write(RECENT, recent.value)
      draft.value = ''
      onAgent(answer)
      return true
    } catch (error) {
      refusal.value = { wish, problem: asProblem(error) }
      return false
    } finally {
      placing.value = null
    }
  }

  /** The wish behind a "call back" for a call of a list; null where the agent may not, or nothing can be dialled. */
  function wishFor(number: string, campaignId: number | null): CallWish | null {
    const dialable = dialableNumber(number)
    const found = targetFor(campaignId, targets.value)
    return dialable !== null && found !== null ? { number: dialable, target: found } : null
  }

  /** @returns the call that has just ended without an answer, if one has */
  function follow(now: AgentLive, before: AgentLive | null): MissedTarget | null {
    const ended = missedBetween(before, now)
    if (ended) missed.value = ended
    else if (now.status === 'DIALING' || now.status === 'ONCALL' || now.status === 'RINGING') {
      missed.value = refusal.value = null
    }
    return ended
  }

  function dismiss(): void {
    missed.value = refusal.value = null
  }

  return {
    draft,
    recent,
    placing,
    refusal,
    missed,
    targets,
    mayCall,
    target,
    canCallNow,
    open,
    forget,
    place,
    wishFor,
    follow,
    dismiss,
  }
}
