/** What a campaign can send to an external site, by kind of parameter. */
import type { ParameterKind } from '../api'

export const PARAMETER_KINDS: readonly ParameterKind[] = [
  'campaign',
  'contact',
  'call',
  'disposition',
  'fixed',
  'dialplan',
]

/** Of these kinds, only these values are sent; a contact's are the columns of its base, the others are typed. */
export const PARAMETER_VALUES: Partial<Record<ParameterKind, readonly string[]>> = {
  campaign: ['id', 'name', 'type'],
  call: [
    'call_id',
    'agent_id',
    'agent_username',
    'agent_name',
    'telephone',
    'contact_id',
    'rec_filename',
    'call_wait_duration',
    'datetime',
  ],
  disposition: ['id', 'name', 'subdisposition', 'form'],
}
