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

export function lacksOf(values: CampaignValues): Lacks {
  const found: Lacks = lacksOfLists(values)
  if (!values.name.trim()) found.name = 'name'
  if (hasLeads(values.kind) && values.contact_base_id === null) found.contact_base_id = 'base'
  if (hasQueue(values.kind) && !isComplete(values.failover)) found.failover = 'destination'
  if (values.external_system_id !== null && !values.external_id.trim()) found.external_id = 'externalId'
  return values.kind === 'dialer' ? { ...found, ...lacksOfDialing(values) } : found
}
