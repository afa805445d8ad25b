import { describe, expect, it } from 'vitest'

import { lacksOf } from './lacks'
import { newDisposition, newValues, type CampaignValues } from './values'

function complete(kind: CampaignValues['kind']): CampaignValues {
  return {
    ...newValues(kind),
    name: 'Sales',
    contact_base_id: 1,
    dispositions: [newDisposition('Sold')],
  }
}

describe('lacksOf', () => {
  it.each(['manual', 'preview', 'dialer', 'inbound'] as const)(
    'finds nothing in a complete %s campaign',
    (kind) => {
      expect(lacksOf(complete(kind))).toEqual({})
    },
  )

  it('asks for a base where contacts are worked one by one', () => {
    expect(lacksOf({ ...complete('preview'), contact_base_id: null })).toEqual({ contact_base_id: 'base' })
    expect(lacksOf({ ...complete('manual'), contact_base_id: null })).toEqual({})
  })

  it.each<[Partial<CampaignValues>, Record<string, string>]>([
    [{ name: ' ' }, { name: 'name' }],
    [{ ends_on: '2000-01-01' }, { ends_on: 'dateOrder' }],
    [{ closes_at: '08:00' }, { closes_at: 'timeOrder' }],
    [{ weekdays: [] }, { weekdays: 'weekdays' }],
    [{ answered_to: 'destination', answered: { type: 'ivr', id: null } }, { answered: 'destination' }],
    [{ failover: { type: 'ivr', id: null } }, { failover: 'destination' }],
    [{ announce_position: true }, { announce_seconds: 'announceSeconds' }],
    [{ periodic_audio_id: 1 }, { periodic_seconds: 'periodicSeconds' }],
    [{ external_system_id: 1 }, { external_id: 'externalId' }],
    [{ external_id: 'A' }, { external_system_id: 'system' }],
    [{ interaction: 'both' }, { external_site_id: 'site' }],
    [{ dispositions: [{ ...newDisposition('Old'), is_hidden: true }] }, { dispositions: 'dispositions' }],
    [{ dispositions: [newDisposition()] }, { 'dispositions.0.name': 'dispositionName' }],
    [{ dispositions: [{ ...newDisposition('A'), kind: 'engaged' }] }, { 'dispositions.0.form_id': 'form' }],
    [{ dispositions: [{ ...newDisposition('A'), kind: 'engaged', id: 4 }] }, {}],
  ])('finds %o', (change, found) => {
    expect(lacksOf({ ...complete('dialer'), ...change })).toEqual(found)
  })

  it('needs a value for every parameter but a fixed one', () => {
    const values: CampaignValues = {
      ...complete('manual'),
      interaction: 'both',
      external_site_id: 1,
      external_site_parameters: [
        { name: '', kind: 'fixed', value: '' },
        { name: 'b', kind: 'contact', value: '' },
      ],
    }
    expect(lacksOf(values)).toEqual({
      'external_site_parameters.0.name': 'parameterName',
      'external_site_parameters.1.value': 'parameterValue',
    })
  })
})
