/**
 * The agent's desk: profile and choices from the server, live state from the engine, and the conversation at hand.
 * Lives as long as somebody is signed in as an agent; pages only look at it.
 */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'

import { asProblem, type AgentLive, type ApiProblem } from '@/api'
import { useLiveStore } from '@/app/live/store'
import type { SipAccount } from '@/webphone/credentials'
import type { PhoneState } from '@/webphone/state'

import {
  fetchSession,
  login,
  logout,
  pause,
  sipAccount,
  unpause,
  type ConsoleCampaign,
  type ConsoleSession,
} from '../api'
import { usePhone } from '../phone/store'

import { browserMemory, type BrowserMemory } from './browser-memory'
import { useCalling, type CallWish } from './calling'
import { useColleagues } from './colleagues'
import { Drafts } from './drafts'
import { useEngineRequest } from './engine-request'
import { canPutAway, interactionOfCall, interactionOfLive, type Interaction } from './interaction'
import { useOneTab } from './one-tab'
import { followWorkTime, type WorkTime } from './work-time'

/** The SIP account that came with the profile is used once, for the first registration, if it is not older than this. */
const FRESH_MS = 60_000
/** A call's end comes by two ways, the phone's and the engine's; the phone's may be this much later. */
const GOODBYE_MS = 2_500

export const useDesk = defineStore('agent-desk', () => {
  const live = useLiveStore()
  const phone = usePhone()

  const session = shallowRef<ConsoleSession | null>(null)
  const problem = shallowRef<ApiProblem | null>(null)
  const isLoading = ref(false)
  const oneTab = useOneTab(() => phone.isOnCall)
  const interaction = ref<Interaction | null>(null)
  const workTime = ref<WorkTime | null>(null)
  /** Grows whenever today's calls may have changed. */
  const callsVersion = ref(0)
  const refusal = shallowRef<ApiProblem | null>(null)
  /** The last conversation that was dispositioned or put away; the engine still names it during wrap-up. */
  let closedCallId: string | null = null
  let memory: BrowserMemory | null = null
  let drafts: Drafts | null = null
  let fetchedAt = 0

  const agent = computed(() => live.ownAgent ?? session.value?.state ?? null)
  const status = computed(() => agent.value?.status ?? 'OFFLINE')
  const isWorking = computed(() => status.value !== 'OFFLINE')
  const owesDisposition = computed(() => agent.value?.must_disposition ?? false)
  const engine = useEngineRequest({
    onAgent: (changed) => {
      refusal.value = null
      live.setAgent(changed)
    },
    onProblem: (told) => {
      refusal.value = told
    },
  })

  /** Today's calls are part of the agent's dashboard and the place where dispositions are mended. */
  const showsCallsToday = computed(() => {
    const group = session.value?.agent.group
    return group !== undefined && (group.allow_dashboard || group.allow_dispositions)
  })
  const calling = useCalling({
    session,
    agent,
    isPhoneFree: () => phone.isRegistered && !phone.isOnCall,
    onAgent: (answer) => {
      // The live connection may have been faster, and further.
      if ((live.ownAgent?.since ?? 0) <= answer.since) live.setAgent(answer)
    },
  })
  const colleagues = useColleagues()
  const isCallWished = computed(
    () => calling.placing.value !== null || (status.value === 'DIALING' && !phone.isOnCall),
  )
  /** The webphone's call is up, and the number it is for is still being dialled. */
  const isDialling = computed(() => {
    const known = interaction.value
    return (
      phone.call?.phase === 'talking' &&
      known?.callId === phone.call.details.callId &&
      known.answeredAt === null
    )
  })

  /** Loads profile, pauses and campaigns. */
  async function load(): Promise<void> {
    isLoading.value = true
    try {
      accept(await fetchSession())
      problem.value = null
    } catch (error) {
      problem.value = asProblem(error)
    } finally {
      isLoading.value = false
    }
  }

  function accept(answer: ConsoleSession): void {
    fetchedAt = Date.now()
    if (session.value?.agent.id !== answer.agent.id) open(answer.agent.id)
    session.value = answer
    if (!live.ownAgent) live.setAgent(answer.state)
  }

  function open(agentId: number): void {
    memory = browserMemory(agentId)
    drafts = new Drafts(memory)
    drafts.dropOlderThan(Date.now())
    interaction.value = memory.read<Interaction>('interaction')
    closedCallId = memory.read<string>('closed-call')
    workTime.value = memory.read<WorkTime>('work-time')
    calling.open(agentId)
    if (interaction.value?.isColleagueCall) void colleagues.learn(interaction.value.number)
  }

  async function fetchAccount(): Promise<SipAccount> {
    const known = session.value
    if (known && Date.now() - fetchedAt < FRESH_MS) {
      fetchedAt = 0
      return sipAccount(known.sip)
    }
    const answer = await fetchSession()
    accept(answer)
    fetchedAt = 0
    return sipAccount(answer.sip)
  }

  function forget(): void {
    engine.giveUp()
    calling.forget()
    colleagues.forget()
    session.value = null
    interaction.value = null
    workTime.value = null
    refusal.value = null
    memory = drafts = null
  }

  function campaign(id: number | null | undefined): ConsoleCampaign | null {
    return session.value?.campaigns.find((candidate) => candidate.id === id) ?? null
  }

  function onPhone(next: PhoneState, previous: PhoneState): void {
    const { call } = next
    if (!call?.details.callId || call === previous.call) return
    if (call.phase === 'ringing' && call.details.isColleagueCall) void colleagues.learn(call.details.number)
    if (call.phase === 'talking' && previous.call?.phase !== 'talking') {
      interaction.value = interactionOfCall(call, Date.now())
    } else if (call.phase === 'ended' && interaction.value?.callId === call.details.callId) {
      end(interaction.value, call.endedAt ?? Date.now())
    }
    if (call.phase === 'ended') callsVersion.value += 1
  }

  /** The engine's word counts: it knows of ends that never reached this browser and of calls before a reload. */
  function followEngine(state: AgentLive | null, before: AgentLive | null): void {
    if (!state) return
    followCallOut(state, before)
    workTime.value = followWorkTime(workTime.value, state)
    const known = interaction.value
    if (known?.endedAt === null && !phone.isOnCall && state.call_id !== known.callId) {
      end(known, Date.now())
    }
    const isNew = state.call_id !== interaction.value?.callId && state.call_id !== closedCallId
    if (state.call_id && isNew && !phone.isOnCall) {
      const found = interactionOfLive(
        state,
        live.calls.get(state.call_id),
        campaign(state.campaign_id)?.name ?? '',
      )
      if (found) interaction.value = found
    }
    if (isPhoneBehind()) {
      setTimeout(() => {
        if (isPhoneBehind() && phone.call) phone.forgetCall(phone.call.details.callId)
      }, GOODBYE_MS)
    }
  }

  /** Only the engine knows when a called number answers, and why it did not. */
  function followCallOut(state: AgentLive, before: AgentLive | null): void {
    const own = phone.call?.details.callId === before?.call_id ? phone.call : null
    const missed = calling.follow(state, before, own?.endCause === 'agent-hung-up')
    const known = interaction.value
    if (!known) return
    if (missed?.callId === known.callId) interaction.value = { ...known, outcome: missed.outcome }
    else if (state.status === 'ONCALL' && state.call_id === known.callId && known.answeredAt === null) {
      interaction.value = { ...known, answeredAt: Date.now() }
    }
  }

  /** Outside of campaigns nothing is left to do when a call is over. */
  function end(known: Interaction, endedAt: number): void {
    if (known.isOffCampaign) close(known.callId)
    else interaction.value = { ...known, endedAt }
  }

  /** The phone still talks although the engine has moved on: the end was told while the connection was away. */
  function isPhoneBehind(): boolean {
    const state = live.ownAgent
    return (
      phone.call?.phase === 'talking' &&
      (state?.status === 'ACW' || state?.status === 'READY' || state?.status === 'PAUSE')
    )
  }

  function markDispositioned(callId: string): void {
    drafts?.drop(callId)
    callsVersion.value += 1
    const known = interaction.value
    if (known?.callId !== callId) return
    if (known.endedAt === null) interaction.value = { ...known, isDispositioned: true }
    else close(callId)
  }

  function putAway(): void {
    if (interaction.value && canPutAway(interaction.value, agent.value)) close(interaction.value.callId)
  }

  function close(callId: string): void {
    closedCallId = callId
    memory?.write('closed-call', callId)
    interaction.value = null
  }

  /** The group, the pauses or the campaigns changed: take them over without disturbing a conversation. */
  async function refresh(): Promise<void> {
    try {
      accept(await fetchSession())
    } catch (error) {
      refusal.value = asProblem(error)
    }
  }

  phone.onChange(onPhone)
  live.onMessage((message) => {
    if (message.type === 'session-changed' && session.value) void refresh()
  })
  watch(
    () => live.ownAgent,
    (state, before) => {
      followEngine(state, before ?? null)
    },
    { deep: true },
  )
  watch(interaction, (value) => {
    if (value) memory?.write('interaction', value)
    else memory?.remove('interaction')
  })
  watch(workTime, (value) => {
    if (value) memory?.write('work-time', value)
    else memory?.remove('work-time')
  })

  return {
    session,
    problem,
    isLoading,
    tab: oneTab.role,
    occupy: oneTab.enter,
    takeOver: oneTab.takeOver,
    vacate: oneTab.leave,
    agent,
    status,
    isWorking,
    owesDisposition,
    interaction,
    workTime,
    callsVersion,
    refusal,
    showsCallsToday,
    callDraft: calling.draft,
    callWays: calling.ways,
    callWay: calling.way,
    colleagueSearch: calling.colleagueSearch,
    calledColleague: calling.called,
    findColleagues: colleagues.find,
    colleagueAt: colleagues.nameAt,
    recentNumbers: calling.recent,
    callTargets: calling.targets,
    callTarget: calling.target,
    mayCall: calling.mayCall,
    canCallNow: calling.canCallNow,
    placing: calling.placing,
    callRefusal: calling.refusal,
    missedTarget: calling.missed,
    dismissCallNotes: calling.dismiss,
    callWishFor: calling.wishFor,
    callOut: (wish: CallWish) => calling.place(wish),
    isCallWished,
    isDialling,
    isBusy: engine.isBusy,
    isEngineAway: engine.isEngineAway,
    giveUp: engine.giveUp,
    load,
    forget,
    fetchAccount,
    campaign,
    markDispositioned,
    putAway,
    drafts: () => drafts,
    start: () => engine.send(login),
    finish: () => engine.send(logout),
    pause: (pauseId: number) => engine.send(() => pause(pauseId)),
    resume: () => engine.send(unpause),
  }
})
