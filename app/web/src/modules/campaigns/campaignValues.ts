/** What the form of an inbound campaign holds, and how it becomes the server's body and back. */
import { destinationBody, HANGUP, type Destination } from '@/modules/telephony/things'

import type { Campaign, CampaignBody, DispositionKind, Strategy } from './api'

/** "As the agent's group says", or a decision of the campaign. */
export type Override = 'group' | 'yes' | 'no'

export interface MemberValues {
  agent_id: number
  penalty: number
  /** For agents that are no longer among the choices. */
  name: string
}

export interface DispositionValues {
  id: number | null
  name: string
  kind: DispositionKind
  is_positive: boolean
  is_hidden: boolean
}

export interface CampaignValues {
  name: string
  objective: number
  recording_enabled: boolean
  strategy: Strategy
  weight: number
  max_waiting: number
  max_wait_seconds: number
  ring_seconds: number
  retry_seconds: number
  wrapup_seconds: number
  service_level_seconds: number
  welcome_audio_id: number | null
  /** Null for the music everybody hears who has none chosen. */
  moh_playlist_id: number | null
  failover: Destination
  auto_attend: Override
  force_disposition: Override
  wrap_up: 'group' | 'by-hand' | 'seconds'
  auto_unpause_seconds: number
  members: MemberValues[]
  supervisor_ids: number[]
  dispositions: DispositionValues[]
}

const SUGGESTED_WRAP_UP_SECONDS = 30

export function newValues(): CampaignValues {
  return {
    name: '',
    objective: 0,
    recording_enabled: true,
    strategy: 'rrmemory',
    weight: 0,
    max_waiting: 0,
    max_wait_seconds: 0,
    ring_seconds: 25,
    retry_seconds: 5,
    wrapup_seconds: 2,
    service_level_seconds: 20,
    welcome_audio_id: null,
    moh_playlist_id: null,
    failover: HANGUP,
    auto_attend: 'group',
    force_disposition: 'group',
    wrap_up: 'group',
    auto_unpause_seconds: SUGGESTED_WRAP_UP_SECONDS,
    members: [],
    supervisor_ids: [],
    dispositions: [],
  }
}

function overrideOf(value: boolean | null): Override {
  if (value === null) return 'group'
  return value ? 'yes' : 'no'
}

function decisionOf(override: Override): boolean | null {
  return override === 'group' ? null : override === 'yes'
}

function wrapUpOf(seconds: number | null): CampaignValues['wrap_up'] {
  if (seconds === null) return 'group'
  return seconds === 0 ? 'by-hand' : 'seconds'
}

export function valuesOf(campaign: Campaign): CampaignValues {
  const names = Object.keys(newValues()).filter((name) => name in campaign) as (keyof Campaign)[]
  const known = Object.fromEntries(names.map((name) => [name, campaign[name]])) as unknown as CampaignValues
  return {
    ...known,
    failover: campaign.failover ? destinationBody(campaign.failover) : HANGUP,
    auto_attend: overrideOf(campaign.auto_attend),
    force_disposition: overrideOf(campaign.force_disposition),
    wrap_up: wrapUpOf(campaign.auto_unpause_seconds),
    auto_unpause_seconds: campaign.auto_unpause_seconds || SUGGESTED_WRAP_UP_SECONDS,
    members: campaign.members.map(({ agent_id, penalty, name }) => ({ agent_id, penalty, name })),
    dispositions: campaign.dispositions.map((option) => ({ ...option })),
  }
}

function autoUnpauseOf({ wrap_up, auto_unpause_seconds }: CampaignValues): number | null {
  if (wrap_up === 'group') return null
  return wrap_up === 'by-hand' ? 0 : auto_unpause_seconds
}

export function bodyOf(values: CampaignValues): CampaignBody {
  const { wrap_up: _wrapUp, ...rest } = values
  return {
    ...rest,
    name: values.name.trim(),
    failover: destinationBody(values.failover),
    auto_attend: decisionOf(values.auto_attend),
    force_disposition: decisionOf(values.force_disposition),
    auto_unpause_seconds: autoUnpauseOf(values),
    members: values.members.map(({ agent_id, penalty }) => ({ agent_id, penalty })),
  }
}

/** Parts of the form, in the order they are filled in, and the fields each of them shows. */
export const PARTS = {
  basics: ['name', 'objective', 'recording_enabled'],
  queue: [
    'strategy',
    'weight',
    'max_waiting',
    'max_wait_seconds',
    'failover',
    'ring_seconds',
    'retry_seconds',
    'wrapup_seconds',
    'service_level_seconds',
  ],
  experience: [
    'welcome_audio_id',
    'moh_playlist_id',
    'auto_attend',
    'auto_unpause_seconds',
    'force_disposition',
  ],
  dispositions: ['dispositions'],
  supervisors: ['supervisor_ids'],
  agents: ['members', 'groups'],
} as const

export type Part = keyof typeof PARTS
export const PART_NAMES = Object.keys(PARTS) as Part[]

/** The part that shows a field the server names, such as `members.3.agent_id`. */
export function partOf(field: string): Part {
  const top = field.split('.')[0]
  return PART_NAMES.find((part) => (PARTS[part] as readonly string[]).includes(top ?? '')) ?? 'basics'
}
