/** What a campaign lacks as far as the form can see it; the server is the judge of every rule. */
import { isComplete } from '@/modules/telephony/things'

import { hasLeads, hasQueue } from '../kinds'
import type { CampaignValues } from './values'

/** Keys of the words, below `campaigns.missing`, by field. */
export type Lacks = Record<string, string>

function lacksOfDialing(values: CampaignValues): Lacks {
  const found: Lacks = {}
  if (!values.starts_on) found.starts_on = 'date'
  if (!values.ends_on) found.ends_on = 'date'
  else if (values.ends_on < values.starts_on) found.ends_on = 'dateOrder'
  if (!values.opens_at) found.opens_at = 'time'
  if (!values.closes_at) found.closes_at = 'time'
  else if (values.closes_at <= values.opens_at) found.closes_at = 'timeOrder'
  if (values.weekdays.length === 0) found.weekdays = 'weekdays'
  if (values.answered_to === 'destination' && !isComplete(values.answered)) found.answered = 'destination'
  return found
}

function lacksOfLists(values: CampaignValues): Lacks {
  const found: Lacks = {}
  if (!values.dispositions.some((option) => !option.is_hidden)) found.dispositions = 'dispositions'
  values.dispositions.forEach((option, index) => {
    if (!option.name.trim()) found[`dispositions.${index}.name`] = 'dispositionName'
    const opensForm = option.kind === 'engaged' && values.interaction !== 'external-site'
    // An option from before there were forms may go on without one.
    if (opensForm && option.form_id === null && option.id === null) {
      found[`dispositions.${index}.form_id`] = 'form'
    }
  })
  if (values.interaction === 'form') return found
  if (values.external_site_id === null) found.external_site_id = 'site'
  values.external_site_parameters.forEach((parameter, index) => {
    if (!parameter.name.trim()) found[`external_site_parameters.${index}.name`] = 'parameterName'
    if (!parameter.value.trim() && parameter.kind !== 'fixed') {
      found[`external_site_parameters.${index}.value`] = 'parameterValue'
    }
  })
  return found
}

function lacksOfQueue(values: CampaignValues): Lacks {
  const found: Lacks = {}
  const tells = values.announce_position || values.announce_hold_time !== 'no'
  if (!isComplete(values.failover)) found.failover = 'destination'
  if (tells && values.announce_seconds === 0) found.announce_seconds = 'announceSeconds'
  if (values.periodic_audio_id !== null && values.periodic_seconds === 0) {
    found.periodic_seconds = 'periodicSeconds'
  }
  return found
}

export function lacksOf(values: CampaignValues): Lacks {
  const found: Lacks = lacksOfLists(values)
  if (!values.name.trim()) found.name = 'name'
  if (hasLeads(values.kind) && values.contact_base_id === null) found.contact_base_id = 'base'
  if (hasQueue(values.kind)) Object.assign(found, lacksOfQueue(values))
  const hasExternalId = values.external_id.trim() !== ''
  if (values.external_system_id !== null && !hasExternalId) found.external_id = 'externalId'
  if (values.external_system_id === null && hasExternalId) found.external_system_id = 'system'
  return values.kind === 'dialer' ? { ...found, ...lacksOfDialing(values) } : found
}
