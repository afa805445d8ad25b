/**
 * What the live board shows, computed from the live state: filtered agents, queue lines, waiting callers, totals.
 * Pure, so that five hundred agents can be put through it in a test.
 */
import type { AgentLive, Answer, CallLive } from '@/api'

export type CampaignToday = Answer<'/api/v2/live/campaigns', 'get'>['campaigns'][number]
export type AgentStatus = AgentLive['status']

/** The order in which a supervisor wants to see agents: those who need something first. */
export const STATUS_ORDER: readonly AgentStatus[] = [
  'RINGING',
  'DIALING',
  'ONCALL',
  'ACW',
  'READY',
  'PAUSE',
  'UNAVAILABLE',
  'DISABLED',
  'OFFLINE',
]

export type AgentSort = 'status' | 'name' | 'longest'

export interface BoardFilter {
  campaignId: number | null
  groupId: number | null
  statuses: ReadonlySet<AgentStatus>
  search: string
}

export interface QueueLine {
  campaign: CampaignToday
  waiting: number
  /** When the oldest waiting caller entered, epoch milliseconds; null when nobody waits. */
  longestSince: number | null
  ringing: number
  talking: number
  ready: number
  busy: number
  paused: number
}

export function inCampaign(agent: AgentLive, campaignId: number | null): boolean {
  return campaignId === null || (agent.campaigns ?? []).includes(campaignId)
}

/** Agents that pass campaign and group; the state chips count these. */
export function agentsInScope(agents: readonly AgentLive[], filter: BoardFilter): AgentLive[] {
  return agents.filter(
    (agent) =>
      inCampaign(agent, filter.campaignId) && (filter.groupId === null || agent.group_id === filter.groupId),
  )
}

export function agentRows(scoped: readonly AgentLive[], filter: BoardFilter, sort: AgentSort): AgentLive[] {
  const wanted = fold(filter.search.trim())
  const rows = scoped.filter(
    (agent) =>
      filter.statuses.has(agent.status) &&
      (!wanted || fold(agent.name).includes(wanted) || String(agent.extension).startsWith(wanted)),
  )
  return rows.sort(COMPARE[sort])
}

const collator = new Intl.Collator(undefined, { sensitivity: 'base' })
const rank = new Map(STATUS_ORDER.map((status, index) => [status, index]))
const byName = (a: AgentLive, b: AgentLive) => collator.compare(a.name, b.name)

const COMPARE: Record<AgentSort, (a: AgentLive, b: AgentLive) => number> = {
  status: (a, b) => (rank.get(a.status) ?? 0) - (rank.get(b.status) ?? 0) || byName(a, b),
  name: byName,
  longest: (a, b) => a.since - b.since,
}

export function countStatuses(agents: readonly AgentLive[]): Record<AgentStatus, number> {
  const counts = Object.fromEntries(STATUS_ORDER.map((status) => [status, 0])) as Record<AgentStatus, number>
  for (const agent of agents) counts[agent.status] += 1
  return counts
}

/** Callers who wait or ring, the longest wait first. */
export function waitingCallers(calls: readonly CallLive[], campaignId: number | null): CallLive[] {
  return calls
    .filter((call) => isQueued(call) && (campaignId === null || call.campaign_id === campaignId))
    .sort((a, b) => a.entered_at - b.entered_at)
}

export function queueLines(
  campaigns: readonly CampaignToday[],
  agents: readonly AgentLive[],
  calls: readonly CallLive[],
): QueueLine[] {
  return campaigns.map((campaign) => queueLine(campaign, agents, calls))
}

const BUSY: ReadonlySet<AgentStatus> = new Set(['ONCALL', 'DIALING', 'RINGING', 'ACW'])

/** Calls of the queue only: what agents call out for the campaign occupies them, and was never received. */
function queueLine(
  campaign: CampaignToday,
  agents: readonly AgentLive[],
  calls: readonly CallLive[],
): QueueLine {
  const line: QueueLine = {
    campaign,
    waiting: 0,
    longestSince: null,
    ringing: 0,
    talking: 0,
    ready: 0,
    busy: 0,
    paused: 0,
  }
  for (const call of calls) {
    if (call.campaign_id !== campaign.campaign_id || call.direction === 'outbound') continue
    if (call.state === 'talking') line.talking += 1
    if (call.state === 'ringing') line.ringing += 1
    if (isQueued(call)) {
      line.waiting += 1
      line.longestSince = Math.min(line.longestSince ?? Infinity, call.entered_at)
    }
  }
  for (const agent of agents) {
    if (!inCampaign(agent, campaign.campaign_id)) continue
    if (agent.status === 'READY') line.ready += 1
    else if (BUSY.has(agent.status)) line.busy += 1
    else if (agent.status === 'PAUSE') line.paused += 1
  }
  return line
}

/** Agents who are calling somebody, or talk to somebody they have called. */
export function agentsCallingOut(calls: readonly CallLive[]): ReadonlySet<number> {
  return new Set(calls.filter((call) => call.direction === 'outbound').flatMap((call) => call.agent_ids))
}

/** A caller whose call rings at an agent still waits for an answer. */
function isQueued(call: CallLive): boolean {
  return call.state === 'waiting' || call.state === 'ringing'
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
