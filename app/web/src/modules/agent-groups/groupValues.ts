import type { AgentGroup, GroupValues } from './api'

export const CAMPAIGN_KINDS = ['manual', 'dialer', 'inbound', 'preview'] as const

/** A group as the server makes one of which only the name is said. */
export const NEW_GROUP: GroupValues = {
  name: '',
  auto_unpause_seconds: 0,
  auto_attend_inbound: false,
  auto_attend_dialer: false,
  force_disposition: false,
  force_unpause: false,
  allow_off_campaign_calls: false,
  allow_calls_between_agents: false,
  allow_hold: true,
  allow_recordings: false,
  allow_dashboard: true,
  allow_contacts: true,
  allow_callbacks: true,
  allow_dispositions: true,
  allow_preview_campaigns: true,
  allow_password_change: true,
  show_timers: true,
  personal_callback_limit: null,
  personal_callback_days: null,
  manual_call_campaign_kinds: [...CAMPAIGN_KINDS],
  pause_set_id: null,
}

export function valuesOf({ id: _id, agent_count: _agentCount, ...values }: AgentGroup): GroupValues {
  return values
}
