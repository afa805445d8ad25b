/** What an administrator should look at: each finding is a fact, how grave it is, and where it is put right. */
import type { RouteLocationRaw } from 'vue-router'

import type { Campaign, Configuration } from './api'

export type FindingKind =
  'trunk-failed' | 'campaign-without-agents' | 'campaign-without-number' | 'campaign-paused'

export interface Finding {
  kind: FindingKind
  tone: 'danger' | 'warning' | 'info'
  name: string
  /** Why, in the system's own words. */
  detail?: string
  to: RouteLocationRaw
}

function campaignFindings(campaign: Campaign, isReached: boolean): Finding[] {
  const place = { name: campaign.name, to: { name: 'inbound-campaign', params: { id: campaign.id } } }
  if (campaign.state === 'finished') return []
  if (campaign.state === 'paused') return [{ kind: 'campaign-paused', tone: 'info', ...place }]
  const findings: Finding[] = []
  if (campaign.member_count === 0)
    findings.push({ kind: 'campaign-without-agents', tone: 'warning', ...place })
  if (!isReached)
    findings.push({ kind: 'campaign-without-number', tone: 'info', ...place, to: { name: 'inbound-routes' } })
  return findings
}

const GRAVITY = { danger: 0, warning: 1, info: 2 }

/** Findings, the gravest first. */
export function findingsIn({ trunks, routes, campaigns }: Configuration): Finding[] {
  const destinations = [
    ...routes.map((route) => route.destination),
    ...campaigns.map((campaign) => campaign.failover),
  ]
  const reached = new Set(
    destinations.map((destination) => (destination?.type === 'inbound-campaign' ? destination.id : null)),
  )
  const failed = trunks
    .filter((trunk) => trunk.sync.state === 'failed')
    .map((trunk): Finding => {
      const to = { name: 'trunk', params: { id: trunk.id } }
      return { kind: 'trunk-failed', tone: 'danger', name: trunk.name, detail: trunk.sync.message, to }
    })
  const ofCampaigns = campaigns.flatMap((campaign) => campaignFindings(campaign, reached.has(campaign.id)))
  return [...failed, ...ofCampaigns].sort((a, b) => GRAVITY[a.tone] - GRAVITY[b.tone])
}
