/** From the form's values to the server's request, and from a campaign, a template or a draft back to values. */
import { destinationBody, HANGUP, type Destination } from '@/modules/telephony/things'

import type { CampaignBody, CampaignKind } from '../api'
import { newValues, SUGGESTED_WRAP_UP_SECONDS, type CampaignValues, type Override } from './values'
import { FIELDS_OF_KIND } from './steps'

/** A request as far as it was filled in: of a draft or a template; a whole campaign is one, too. */
export type PartialRequest = Record<string, unknown>

function decisionOf(override: Override): boolean | null {
  return override === 'group' ? null : override === 'yes'
}

function overrideOf(value: unknown): Override {
  if (typeof value !== 'boolean') return 'group'
  return value ? 'yes' : 'no'
}

function autoUnpauseOf({ wrap_up, auto_unpause_seconds }: CampaignValues): number | null {
  if (wrap_up === 'group') return null
  return wrap_up === 'by-hand' ? 0 : auto_unpause_seconds
}

function wrapUpOf(seconds: unknown): CampaignValues['wrap_up'] {
  if (typeof seconds !== 'number') return 'group'
  return seconds === 0 ? 'by-hand' : 'seconds'
}

/** What cannot be left unsaid together with something else is taken out: the server refuses a half of it. */
function consistent(values: CampaignValues): PartialRequest {
  const withForms = values.interaction !== 'external-site'
  const withSite = values.interaction !== 'form'
  const tellsCallers = values.announce_position || values.announce_hold_time !== 'no'
  return {
    external_site_id: withSite ? values.external_site_id : null,
    external_site_parameters: withSite ? values.external_site_parameters : [],
    external_id: values.external_id.trim() || null,
    caller_id: values.caller_id.trim() || null,
    announce_seconds: tellsCallers ? values.announce_seconds : 0,
    periodic_seconds: values.periodic_audio_id === null ? 0 : values.periodic_seconds,
    exit_ivr_id: values.kind === 'inbound' ? values.exit_ivr_id : null,
    machine_audio_id: values.detect_machines ? values.machine_audio_id : null,
    initial_boost_factor: values.is_predictive ? values.initial_boost_factor : 1,
    weekdays: [...values.weekdays].sort(),
    dispositions: values.dispositions.map((option) => ({
      ...option,
      name: option.name.trim(),
      form_id: withForms && option.kind === 'engaged' ? option.form_id : null,
      calls_external_site: withSite && option.calls_external_site,
    })),
  }
}

function pick(source: PartialRequest, fields: readonly string[]): PartialRequest {
  return Object.fromEntries(fields.filter((field) => field in source).map((field) => [field, source[field]]))
}

/** The request without the kind: what a change is. */
export function bodyOf(values: CampaignValues): Omit<CampaignBody, 'kind'> {
  const whole: PartialRequest = {
    ...values,
    ...consistent(values),
    name: values.name.trim(),
    failover: destinationBody(values.failover),
    answered: values.answered_to === 'agents' ? null : destinationBody(values.answered),
    auto_attend: decisionOf(values.auto_attend),
    force_disposition: decisionOf(values.force_disposition),
    auto_unpause_seconds: autoUnpauseOf(values),
    members: values.members.map(({ agent_id, penalty }) => ({ agent_id, penalty })),
  }
  return pick(whole, FIELDS_OF_KIND[values.kind]) as Omit<CampaignBody, 'kind'>
}

export const requestOf = (values: CampaignValues) =>
  ({ kind: values.kind, ...bodyOf(values) }) as CampaignBody

function destinationOf(value: unknown): Destination {
  return value ? destinationBody(value as Destination) : { ...HANGUP }
}

function listOf<T>(value: unknown, defaults: (item: T) => T): T[] {
  return Array.isArray(value) ? (value as T[]).map(defaults) : []
}

/** Hours without the seconds the server adds. */
const clockTime = (value: unknown, otherwise: string) =>
  typeof value === 'string' ? value.slice(0, 'hh:mm'.length) : otherwise

/** Values of a campaign that exists, or as far as a draft or template says; the rest is as in a new one. */
export function valuesOf(kind: CampaignKind, source: PartialRequest): CampaignValues {
  const fresh = newValues(kind)
  const known = pick(source, Object.keys(fresh))
  const text = (field: string) => (typeof source[field] === 'string' ? source[field] : '')
  return {
    ...fresh,
    ...known,
    kind,
    caller_id: text('caller_id'),
    external_id: text('external_id'),
    opens_at: clockTime(source.opens_at, fresh.opens_at),
    closes_at: clockTime(source.closes_at, fresh.closes_at),
    failover: destinationOf(source.failover),
    answered_to: source.answered ? 'destination' : 'agents',
    answered: destinationOf(source.answered),
    auto_attend: overrideOf(source.auto_attend),
    force_disposition: overrideOf(source.force_disposition),
    wrap_up: wrapUpOf(source.auto_unpause_seconds),
    auto_unpause_seconds: Number(source.auto_unpause_seconds) || SUGGESTED_WRAP_UP_SECONDS,
    members: listOf<CampaignValues['members'][number]>(source.members, (member) => ({
      agent_id: member.agent_id,
      penalty: member.penalty,
      name: (member as { name?: string }).name ?? '',
    })),
    dispositions: listOf<CampaignValues['dispositions'][number]>(source.dispositions, (option) => ({
      ...option,
      id: (option as { id?: number | null }).id ?? null,
    })),
    incidence_rules: listOf<CampaignValues['incidence_rules'][number]>(
      source.incidence_rules,
      ({ outcome, disposition, max_attempts, delay_seconds, mode }) => ({
        outcome,
        disposition,
        max_attempts,
        delay_seconds,
        mode,
      }),
    ),
  }
}

/** Values for a new campaign after another one: it is not that one, so it has neither its options' ids nor its external id. */
export function copyOf(kind: CampaignKind, source: PartialRequest): CampaignValues {
  const values = valuesOf(kind, source)
  return {
    ...values,
    external_system_id: null,
    external_id: '',
    dispositions: values.dispositions.map((option) => ({ ...option, id: null })),
  }
}
