/** What was chosen in each step, in a few words. */
import { useI18n } from 'vue-i18n'

import { useFormatters } from '@/kit'
import { dayNames } from '@/modules/time-groups/ranges'

import type { Campaign } from '../api'
import type { Choices } from '../choices'
import type { StepKey } from '../form/steps'
import type { CampaignForm } from '../form/useCampaignForm'
import { hasLeads } from '../kinds'

export interface SummaryLine {
  label: string
  text: string
}

const FEW_NAMES = 4

/** `campaign` is what exists already: names it knows need not be loaded. */
export function useSummary(
  form: CampaignForm,
  { list, base }: Choices,
  campaign: Campaign | null = null,
): (step: StepKey) => SummaryLine[] {
  const { t, locale } = useI18n()
  const { number } = useFormatters()
  const values = form.values

  const line = (field: string, text: string): SummaryLine => ({ label: t(`campaigns.field.${field}`), text })
  const yesNo = (yes: boolean) => t(`campaigns.override.${yes ? 'yes' : 'no'}`)
  const seconds = (count: number) => t('campaigns.seconds', { count: number(count) })
  const day = (date: string) =>
    date ? new Intl.DateTimeFormat(locale.value, { timeZone: 'UTC' }).format(new Date(`${date}T00:00Z`)) : '—'
  const few = (names: string[]) => {
    const shown = names.slice(0, FEW_NAMES).join(', ')
    const more = names.length - FEW_NAMES
    return more > 0 ? t('campaigns.andMore', { names: shown, count: more }, more) : shown || '—'
  }
  const weekdays = () => values.weekdays.map((weekday) => dayNames(locale.value)[weekday - 1] ?? '')

  const lines: Record<StepKey, () => SummaryLine[]> = {
    basics: () => [
      line('name', values.name.trim() || '—'),
      line('objective', values.objective ? number(values.objective) : t('campaigns.noObjective')),
      line('recording', yesNo(values.recording_enabled)),
    ],
    contacts: () => {
      const ruled = Object.keys(values.field_rules).length
      return [
        line('base', campaign?.contact_base_name ?? base.value?.name ?? t('campaigns.field.baseNone')),
        line('fieldRules', ruled ? t('campaigns.ruledColumns', { count: ruled }, ruled) : '—'),
        line('duplicates', yesNo(values.allow_duplicates)),
      ]
    },
    dialing: () => [
      line('period', `${day(values.starts_on)} – ${day(values.ends_on)}`),
      line('weekdays', weekdays().join(', ') || '—'),
      line('hours', `${values.opens_at} – ${values.closes_at}`),
      line('predictive', yesNo(values.is_predictive)),
      line('machines', yesNo(values.detect_machines)),
      line('answeredTo', t(`campaigns.answeredTo.${values.answered_to}`)),
    ],
    queue: () => [
      line('strategy', t(`campaigns.strategy.${values.strategy}`)),
      line('maxWait', values.max_wait_seconds ? seconds(values.max_wait_seconds) : t('campaigns.noLimit')),
      line('failover', t(`telephony.type.${values.failover.type}`)),
      line('serviceLevel', seconds(values.service_level_seconds)),
    ],
    caller: () => [
      line('welcome', yesNo(values.welcome_audio_id !== null)),
      line('announcePosition', yesNo(values.announce_position)),
      line('periodic', yesNo(values.periodic_audio_id !== null)),
      line('agentAudio', yesNo(values.agent_audio_id !== null)),
    ],
    dispositions: () => [
      line('dispositions', few(values.dispositions.map((option) => option.name.trim() || '—'))),
    ],
    incidence: () => [
      line(
        'incidence',
        few(
          values.incidence_rules.map((rule) =>
            rule.outcome ? t(`campaigns.outcome.${rule.outcome}`) : (rule.disposition ?? ''),
          ),
        ),
      ),
    ],
    interaction: () => [
      line('interaction', t(`campaigns.interaction.${values.interaction}`)),
      ...(values.interaction === 'form'
        ? []
        : [
            line('site', list('sites').data?.find((one) => one.id === values.external_site_id)?.name ?? '—'),
            line('parameters', number(values.external_site_parameters.length)),
          ]),
    ],
    script: () => [line('script', values.script.trim() ? yesNo(true) : yesNo(false))],
    work: () => [
      line('autoAttend', t(`campaigns.override.${values.auto_attend}`)),
      line('forceDisposition', t(`campaigns.override.${values.force_disposition}`)),
      line('wrapUp', t(`campaigns.wrapUp.${values.wrap_up}`)),
    ],
    supervisors: () => [line('supervisors', number(values.supervisor_ids.length))],
    agents: () => [line('agents', number(values.members.length))],
    assignment: () =>
      hasLeads(values.kind)
        ? [
            line('distribution', t(`campaigns.distribution.${values.distribution}`)),
            line('reservation', t('campaigns.minuteCount', { count: number(values.reservation_minutes) })),
          ]
        : [],
  }
  return (step) => lines[step]()
}
