/** The steps in which a campaign is filled in: which kinds have which, and where a field the server names is shown. */
import type { CampaignKind } from '../api'
import { KINDS } from '../kinds'
import type { CampaignValues } from './values'

type Field = keyof CampaignValues | 'groups'

interface StepPlan {
  kinds: readonly CampaignKind[]
  fields: readonly Field[]
}

const PLANS = {
  basics: {
    kinds: KINDS,
    fields: ['name', 'objective', 'recording_enabled', 'outbound_route_id', 'caller_id'],
  },
  contacts: {
    kinds: KINDS,
    fields: ['contact_base_id', 'field_rules', 'allow_duplicates', 'rate_phones'],
  },
  dialing: {
    kinds: ['dialer'],
    fields: [
      'starts_on',
      'ends_on',
      'weekdays',
      'opens_at',
      'closes_at',
      'priority',
      'is_predictive',
      'initial_boost_factor',
      'dial_timeout_seconds',
      'detect_machines',
      'machine_audio_id',
      'skip_duplicate_phones',
      'skip_without_phone',
      'prefix',
      'answered',
    ],
  },
  queue: {
    kinds: ['dialer', 'inbound'],
    fields: [
      'strategy',
      'weight',
      'max_waiting',
      'max_wait_seconds',
      'ring_seconds',
      'retry_seconds',
      'wrapup_seconds',
      'service_level_seconds',
      'failover',
    ],
  },
  caller: {
    kinds: ['dialer', 'inbound'],
    fields: [
      'welcome_audio_id',
      'moh_playlist_id',
      'announce_position',
      'announce_hold_time',
      'announce_seconds',
      'periodic_audio_id',
      'periodic_seconds',
      'exit_ivr_id',
      'agent_audio_id',
    ],
  },
  dispositions: { kinds: KINDS, fields: ['dispositions'] },
  incidence: { kinds: ['dialer'], fields: ['incidence_rules'] },
  interaction: {
    kinds: KINDS,
    fields: [
      'interaction',
      'external_site_id',
      'external_site_parameters',
      'external_system_id',
      'external_id',
    ],
  },
  script: { kinds: KINDS, fields: ['script'] },
  work: {
    kinds: KINDS,
    fields: [
      'auto_attend',
      'auto_unpause_seconds',
      'force_disposition',
      'show_name',
      'show_did',
      'show_route_name',
      'show_call_id',
    ],
  },
  supervisors: { kinds: KINDS, fields: ['supervisor_ids'] },
  agents: { kinds: KINDS, fields: ['members', 'groups'] },
  assignment: { kinds: ['preview'], fields: ['distribution', 'reservation_minutes', 'deactivation_column'] },
} as const satisfies Record<string, StepPlan>

export type StepKey = keyof typeof PLANS
export const STEP_KEYS = Object.keys(PLANS) as StepKey[]

export function stepsOf(kind: CampaignKind): StepKey[] {
  return STEP_KEYS.filter((key) => (PLANS[key].kinds as readonly CampaignKind[]).includes(kind))
}

/** Fields of a request, by kind. `groups` is not among them: a group's agents are written as members. */
export const FIELDS_OF_KIND = Object.fromEntries(
  KINDS.map((kind) => [
    kind,
    stepsOf(kind).flatMap((key) =>
      (PLANS[key].fields as readonly Field[]).filter((name) => name !== 'groups'),
    ),
  ]),
) as unknown as Record<CampaignKind, readonly (keyof CampaignValues)[]>

/** The step that shows a field the server names, such as `members.3.agent_id`; the first one for what none shows. */
export function stepOf(field: string): StepKey {
  const top = field.split('.')[0]
  return STEP_KEYS.find((key) => (PLANS[key].fields as readonly string[]).includes(top ?? '')) ?? 'basics'
}

export interface StepProblem {
  field: string
  text: string
}

/** What was refused, by the step it is shown in. */
export function problemsByStep(
  errors: Readonly<Record<string, string>>,
): Partial<Record<StepKey, StepProblem[]>> {
  const found: Partial<Record<StepKey, StepProblem[]>> = {}
  for (const [field, text] of Object.entries(errors)) {
    const key = stepOf(field)
    found[key] = [...(found[key] ?? []), { field, text }]
  }
  return found
}
