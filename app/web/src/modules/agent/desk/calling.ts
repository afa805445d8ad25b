/**
 * The agent's calls out, from the wish to its result: what may be called now, the request on its way, why it was
 * refused, and which call reached nobody. Part of the desk's store.
 */
import { computed, ref, shallowRef, type Ref } from 'vue'

import { asProblem, type AgentLive, type ApiProblem } from '@/api'

import { callColleague, callOut, type ConsoleSession } from '../api'

import { browserMemory, type BrowserMemory } from './browser-memory'
import type { ColleagueRef } from './colleagues'
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
  /** Somebody of the house instead of a number; `number` is then the extension. */
  colleague?: ColleagueRef
  /** Whose number it is, in the campaign. */
  contactId?: number
}

/** The two ways of the dialler. */
export type CallWay = 'number' | 'colleague'

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
const WAY = 'call-way'
const CALLED_COLLEAGUE = 'called-colleague'

export function useCalling({ session, agent, isPhoneFree, onAgent }: CallingPorts) {
  /** The number being written, kept here so that an incoming call does not lose it. */
  const draft = ref('')
  const chosen = ref<CallTarget | null>(null)
  const recent = ref<string[]>([])
  const placing = shallowRef<CallWish | null>(null)
  const refusal = shallowRef<{ wish: CallWish; problem: ApiProblem } | null>(null)
  const missed = shallowRef<MissedTarget | null>(null)
  const chosenWay = ref<CallWay>('number')
  /** What is searched among the colleagues; kept like the number being written. */
  const colleagueSearch = ref('')
  const called = shallowRef<{ callId: string; colleague: ColleagueRef } | null>(null)
  /** Chosen campaign: as long as this browser lives. Numbers: they end with the tab, agents share machines. */
  let choices: BrowserMemory | null = null
  let numbers: BrowserMemory | null = null

  const targets = computed(() => callTargets(session.value))
  const ways = computed<CallWay[]>(() => [
    ...(targets.value.length > 0 ? (['number'] as const) : []),
    ...(session.value?.agent.group.allow_calls_between_agents ? (['colleague'] as const) : []),
  ])
  const mayCall = computed(() => ways.value.length > 0)
  const way = computed<CallWay>({
    get: () => (ways.value.includes(chosenWay.value) ? chosenWay.value : (ways.value[0] ?? 'number')),
    set: (value) => {
      chosenWay.value = value
      choices?.write(WAY, value)
    },
  })
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
    chosenWay.value = choices.read<CallWay>(WAY) ?? 'number'
    called.value = numbers.read<{ callId: string; colleague: ColleagueRef }>(CALLED_COLLEAGUE)
    recent.value = numbers.read<string[]>(RECENT) ?? []
  }

  function forget(): void {
    numbers?.remove(RECENT)
    numbers?.remove(CALLED_COLLEAGUE)
    choices = numbers = called.value = null
    recent.value = []
    draft.value = colleagueSearch.value = ''
    placing.value = refusal.value = missed.value = null
  }

  /** Asks the engine once: a call that begins minutes later, when the engine is back, would surprise everybody. */
  async function place(wish: CallWish): Promise<boolean> {
    if (!canCallNow.value) return false
    placing.value = wish
    refusal.value = missed.value = null
    try {
      onAgent(await (wish.colleague ? placeToColleague(wish.colleague) : placeToNumber(wish)))
      return true
    } catch (error) {
      refusal.value = { wish, problem: asProblem(error) }
      return false
    } finally {
      placing.value = null
    }
  }

  async function placeToNumber({ number, target, contactId }: CallWish): Promise<AgentLive> {
    const campaignId = typeof target === 'number' ? target : null
    const contact = campaignId === null || contactId === undefined ? {} : { contact_id: contactId }
    const answer = await callOut({ number, campaign_id: campaignId, ...contact })
    recent.value = withRecent(recent.value, number)
    numbers?.write(RECENT, recent.value)
    draft.value = ''
    return answer
  }

  async function placeToColleague(colleague: ColleagueRef): Promise<AgentLive> {
    const answer = await callColleague(colleague.agent_id)
    called.value = { callId: answer.call_id ?? '', colleague }
    numbers?.write(CALLED_COLLEAGUE, called.value)
    colleagueSearch.value = ''
    return answer
  }

  /** The wish behind a "call back" for a call of a list; null where the agent may not, or nothing can be dialled. */
  function wishFor(
    number: string,
    campaignId: number | null,
    contactId: number | null = null,
  ): CallWish | null {
    const dialable = dialableNumber(number)
    const found = targetFor(campaignId, targets.value)
    if (dialable === null || found === null) return null
    const contact = contactId !== null && found === campaignId ? { contactId } : {}
    return { number: dialable, target: found, ...contact }
  }

  /**
   * @param wasGivenUp the agent hung up before anybody answered; of a call to a colleague the engine does not say so
   * @returns the call that has just ended without an answer, if one has
   */
  function follow(now: AgentLive, before: AgentLive | null, wasGivenUp = false): MissedTarget | null {
    let ended = missedBetween(before, now)
    if (ended && ended.callId === called.value?.callId) {
      const outcome = wasGivenUp ? 'cancelled' : ended.outcome
      ended = { ...ended, outcome, colleague: called.value.colleague }
    }
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
    ways,
    way,
    colleagueSearch,
    called,
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
