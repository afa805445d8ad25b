/** What the form of a campaign holds, of whatever kind; `requests.ts` turns it into the server's body and back. */
import { HANGUP, type Destination } from '@/modules/telephony/things'

import type {
  CampaignKind,
  DispositionKind,
  Distribution,
  FieldRule,
  HoldTimeAnnouncement,
  IncidenceMode,
  IncidenceOutcome,
  Interaction,
  ParameterKind,
  Strategy,
} from '../api'

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
  form_id: number | null
  subdispositions: string[]
  is_positive: boolean
  is_hidden: boolean
  calls_external_site: boolean
}

export interface ParameterValues {
  name: string
  kind: ParameterKind
  value: string
}

/** About an outcome of the call, or about the disposition option of this name; the other one is null. */
export interface IncidenceValues {
  outcome: IncidenceOutcome | null
  disposition: string | null
  max_attempts: number
  delay_seconds: number
  mode: IncidenceMode
}

export interface CampaignValues {
  kind: CampaignKind
  name: string
  objective: number
  recording_enabled: boolean
  outbound_route_id: number | null
  caller_id: string

  contact_base_id: number | null
  field_rules: Record<string, Required<FieldRule>>
  allow_duplicates: boolean
  rate_phones: boolean

  strategy: Strategy
  weight: number
  max_waiting: number
  max_wait_seconds: number
  ring_seconds: number
  retry_seconds: number
  wrapup_seconds: number
  service_level_seconds: number
  failover: Destination
  welcome_audio_id: number | null
  /** Null for the music everybody hears who has none chosen. */
  moh_playlist_id: number | null
  announce_position: boolean
  announce_hold_time: HoldTimeAnnouncement
  announce_seconds: number
  periodic_audio_id: number | null
  periodic_seconds: number
  exit_ivr_id: number | null
  agent_audio_id: number | null

  starts_on: string
  ends_on: string
  weekdays: number[]
  /** "09:00" */
  opens_at: string
  closes_at: string
  priority: number
  is_predictive: boolean
  initial_boost_factor: number
  dial_timeout_seconds: number
  detect_machines: boolean
  machine_audio_id: number | null
  skip_duplicate_phones: boolean
  skip_without_phone: boolean
  prefix: string
  answered_to: 'agents' | 'destination'
  answered: Destination
  incidence_rules: IncidenceValues[]

  dispositions: DispositionValues[]

  interaction: Interaction
  external_site_id: number | null
  external_site_parameters: ParameterValues[]
  external_system_id: number | null
  external_id: string
  script: string

  show_name: boolean
  show_did: boolean
  show_route_name: boolean
  show_call_id: boolean
  auto_attend: Override
  force_disposition: Override
  wrap_up: 'group' | 'by-hand' | 'seconds'
  auto_unpause_seconds: number
  members: MemberValues[]
  supervisor_ids: number[]

  /** Reserves the contacts that are free now for the agents; done once, when it is sent. */
  distribution: Distribution
  reservation_minutes: number
  deactivation_column: string | null
}

export const SUGGESTED_WRAP_UP_SECONDS = 30
const SUGGESTED_DAYS = 30

/** A date as the server takes it, so many days from today. */
export function dayFromNow(days: number, now = new Date()): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

export function newDisposition(name = ''): DispositionValues {
  return {
    id: null,
    name,
    kind: 'no-action',
    form_id: null,
    subdispositions: [],
    is_positive: false,
    is_hidden: false,
    calls_external_site: false,
  }
}

export function newValues(kind: CampaignKind): CampaignValues {
  return {
    kind,
    name: '',
    objective: 0,
    recording_enabled: true,
    outbound_route_id: null,
    caller_id: '',
    contact_base_id: null,
    field_rules: {},
    allow_duplicates: true,
    rate_phones: false,
    strategy: 'rrmemory',
    weight: 0,
    max_waiting: 0,
    max_wait_seconds: 0,
    ring_seconds: 25,
    retry_seconds: 5,
    wrapup_seconds: 2,
    service_level_seconds: 20,
    failover: { ...HANGUP },
    welcome_audio_id: null,
    moh_playlist_id: null,
    announce_position: false,
    announce_hold_time: 'no',
    announce_seconds: 0,
    periodic_audio_id: null,
    periodic_seconds: 0,
    exit_ivr_id: null,
    agent_audio_id: null,
    starts_on: dayFromNow(0),
    ends_on: dayFromNow(SUGGESTED_DAYS),
    weekdays: [1, 2, 3, 4, 5],
    opens_at: '09:00',
    closes_at: '18:00',
    priority: 10,
    is_predictive: false,
    initial_boost_factor: 1,
    dial_timeout_seconds: 25,
    detect_machines: false,
    machine_audio_id: null,
    skip_duplicate_phones: false,
    skip_without_phone: true,
    prefix: '',
    answered_to: 'agents',
    answered: { ...HANGUP },
    incidence_rules: [],
    dispositions: [],
    interaction: 'form',
    external_site_id: null,
    external_site_parameters: [],
    external_system_id: null,
    external_id: '',
    script: '',
    show_name: true,
    show_did: false,
    show_route_name: false,
    show_call_id: false,
    auto_attend: 'group',
    force_disposition: 'group',
    wrap_up: 'group',
    auto_unpause_seconds: SUGGESTED_WRAP_UP_SECONDS,
    members: [],
    supervisor_ids: [],
    distribution: 'none',
    reservation_minutes: 30,
    deactivation_column: null,
  }
}
