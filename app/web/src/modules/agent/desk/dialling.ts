/**
 * Calling out, as rules: what a pasted text dials, what the agent may call for, and what became of a call.
 *
 * Pure. The engine has the last word on all of it; this only keeps people from asking in vain.
 */
import type { AgentLive } from '@/api'

import type { ConsoleSession } from '../api'
import type { Outcome } from '../outcome'

import type { ColleagueRef } from './colleagues'

export const OFF_CAMPAIGN = 'off-campaign'

/** What a call is for: a campaign, by id, or none. */
export type CallTarget = number | typeof OFF_CAMPAIGN

/** A call that reached nobody, as the notice shows it. */
export interface MissedTarget {
  callId: string
  number: string
  target: CallTarget
  outcome: Outcome
  /** It was a call to this colleague; `number` is the extension. */
  colleague?: ColleagueRef
}

const RECENT_NUMBERS = 5

/** What people write into numbers for the eye: spaces, brackets, dots, strokes, every dash, and invisible marks. */
const DECORATION = /[\s().,/·\-\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069]/g

/**
 * The number in a text as it was typed or copied: `"+54 (351) 455-1234"` is `+543514551234`, `tel:` links and the
 * `(0)` of international writing are understood.
 * @returns null when it is not one number that can be dialled
 */
export function dialableNumber(text: string): string | null {
  let number = text.normalize('NFKC').trim().replace(/^tel:/i, '')
  if (number.startsWith('+')) number = number.replace('(0)', '')
  number = number.replace(DECORATION, '')
  return /^\+?[0-9*#]{1,30}$/.test(number) ? number : null
}

/** Campaigns first, in the session's order; empty when the agent's group calls nobody. */
export function callTargets(session: Pick<ConsoleSession, 'agent' | 'campaigns'> | null): CallTarget[] {
  if (!session) return []
  const { group } = session.agent
  const campaigns = group.manual_call_campaign_kinds.includes('inbound') ? session.campaigns : []
  return [
    ...campaigns.map(({ id }) => id),
    ...(group.allow_off_campaign_calls ? [OFF_CAMPAIGN] : []),
  ] as CallTarget[]
}

/** For calling somebody back: the campaign of that call if the agent may, else outside of campaigns if the agent may. */
export function targetFor(campaignId: number | null, targets: readonly CallTarget[]): CallTarget | null {
  const wanted = campaignId ?? OFF_CAMPAIGN
  if (targets.includes(wanted)) return wanted
  return targets.includes(OFF_CAMPAIGN) ? OFF_CAMPAIGN : null
}

const OUTCOME_OF_RESULT: Record<string, Outcome> = {
  BUSY: 'busy',
  NOANSWER: 'no-answer',
  CANCEL: 'cancelled',
  CHANUNAVAIL: 'unavailable',
  CONGESTION: 'congestion',
  NONDIALPLAN: 'no-route',
  BLACKLIST: 'blocked',
  OTHER: 'failed',
}

/** What two states of an agent, one after the other, say about a call out: null unless one ended without an answer. */
export function missedBetween(before: AgentLive | null | undefined, now: AgentLive): MissedTarget | null {
  if (before?.status !== 'DIALING' || !before.call_id || !now.last_call_result) return null
  if (now.status === 'DIALING' || now.status === 'ONCALL') return null
  return {
    callId: before.call_id,
    number: before.number ?? '',
    target: before.campaign_id || OFF_CAMPAIGN,
    outcome: OUTCOME_OF_RESULT[now.last_call_result] ?? 'failed',
  }
}

export function withRecent(recent: readonly string[], number: string): string[] {
  return [number, ...recent.filter((other) => other !== number)].slice(0, RECENT_NUMBERS)
}
