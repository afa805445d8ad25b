/**
 * The conversation on the agent's desk: from the answer, or from dialling, until it is dispositioned or put away.
 *
 * Pure. It outlives the webphone's call (wrap-up) and a reload of the page, after which the live state alone tells
 * what the agent was working on.
 */
import type { AgentLive, CallLive } from '@/api'
import type { PhoneCall } from '@/webphone/state'

import type { Outcome } from '../outcome'

export interface Interaction {
  callId: string
  campaignId: number | null
  campaignName: string
  number: string
  did: string
  routeName: string
  callerPrefix: string
  customerId: string
  dialplan: Record<string, string>
  waitSeconds: number | null
  isOutbound: boolean
  /** In no campaign, so there is nothing to disposition. */
  isOffCampaign: boolean
  /** Between two agents; `number` is the extension of the other one. */
  isColleagueCall: boolean
  /** Epoch milliseconds, like the others; of a call out: when dialling began. */
  startedAt: number
  /** Null while the number is being dialled, and for ever when it was not reached. */
  answeredAt: number | null
  endedAt: number | null
  /** Of a call out that reached nobody. */
  outcome: Outcome | null
  isDispositioned: boolean
  forcesDisposition: boolean
}

export function interactionOfCall(call: PhoneCall, now: number): Interaction {
  const { details } = call
  const startedAt = call.answeredAt ?? now
  return {
    callId: details.callId,
    campaignId: details.campaignId,
    campaignName: details.campaignName,
    number: details.number,
    did: details.did,
    routeName: details.routeName,
    callerPrefix: details.callerPrefix,
    customerId: details.customerId,
    dialplan: details.dialplan,
    waitSeconds: details.waitSeconds,
    isOutbound: details.isOwnCall,
    isOffCampaign: details.campaignId === null,
    isColleagueCall: details.isColleagueCall,
    startedAt,
    answeredAt: details.isOwnCall ? null : startedAt,
    endedAt: call.endedAt,
    outcome: null,
    isDispositioned: false,
    forcesDisposition: details.forcesDisposition,
  }
}

/** What follows from the live state when the phone knows nothing, as after a reload in the middle of a call. */
export function interactionOfLive(
  live: AgentLive,
  call: CallLive | undefined,
  campaignName: string,
): Interaction | null {
  if (!live.call_id || (live.status !== 'ONCALL' && live.status !== 'ACW')) return null
  return {
    callId: live.call_id,
    campaignId: live.campaign_id || null,
    campaignName,
    number: live.number ?? call?.number ?? '',
    did: call?.did ?? '',
    routeName: '',
    callerPrefix: '',
    customerId: '',
    dialplan: {},
    waitSeconds: null,
    isOutbound: call?.direction === 'outbound',
    isOffCampaign: live.campaign_id === 0,
    isColleagueCall: false,
    startedAt: live.since,
    answeredAt: live.since,
    endedAt: live.status === 'ACW' ? live.since : null,
    outcome: null,
    isDispositioned: false,
    forcesDisposition: live.must_disposition === true,
  }
}

/** May the agent put it away without a disposition? Never while talking, never when the campaign insists. */
export function canPutAway(interaction: Interaction, live: AgentLive | null): boolean {
  if (interaction.endedAt === null) return false
  const isOwed = live?.must_disposition === true && live.call_id === interaction.callId
  return interaction.isDispositioned || !isOwed
}
