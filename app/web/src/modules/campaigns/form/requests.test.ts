import { describe, expect, it } from 'vitest'

import { KINDS } from '../kinds'
import { bodyOf, copyOf, requestOf, valuesOf, type PartialRequest } from './requests'
import { FIELDS_OF_KIND } from './steps'
import { newDisposition, newValues } from './values'

const body = (values: Parameters<typeof bodyOf>[0]) => bodyOf(values) as PartialRequest

describe('a request', () => {
  it.each(KINDS)('of a %s campaign has exactly its fields', (kind) => {
    const sent = Object.keys(requestOf(newValues(kind))).sort()
    expect(sent).toEqual([...FIELDS_OF_KIND[kind], 'kind'].sort())
  })

  it.each(KINDS)('of a %s campaign becomes the same values again', (kind) => {
    const values = {
      ...newValues(kind),
      name: 'Sales',
      auto_attend: 'yes' as const,
      wrap_up: 'seconds' as const,
      auto_unpause_seconds: 45,
      dispositions: [{ ...newDisposition('Sold'), kind: 'engaged' as const, form_id: 3 }],
    }
    expect(valuesOf(kind, body(values))).toEqual(values)
  })

  it('writes what is not said as null', () => {
    const sent = body({ ...newValues('manual'), name: ' Sales ', caller_id: ' ', external_id: '' })
    expect(sent).toMatchObject({ name: 'Sales', caller_id: null, external_id: null, auto_attend: null })
  })

  it('tells wrapping up by hand from as the group says', () => {
    expect(body({ ...newValues('manual'), wrap_up: 'by-hand' }).auto_unpause_seconds).toBe(0)
    expect(body({ ...newValues('manual'), wrap_up: 'group' }).auto_unpause_seconds).toBeNull()
    expect(valuesOf('manual', { auto_unpause_seconds: 0 }).wrap_up).toBe('by-hand')
    expect(valuesOf('manual', {}).wrap_up).toBe('group')
  })

  it('leaves out the site and what is sent to it when agents work with forms alone', () => {
    const values = {
      ...newValues('manual'),
      external_site_id: 4,
      external_site_parameters: [{ name: 'n', kind: 'fixed' as const, value: 'x' }],
      dispositions: [{ ...newDisposition('Sold'), calls_external_site: true }],
    }
    expect(body(values)).toMatchObject({
      external_site_id: null,
      external_site_parameters: [],
      dispositions: [{ calls_external_site: false }],
    })
    expect(body({ ...values, interaction: 'both' })).toMatchObject({
      external_site_id: 4,
      dispositions: [{ calls_external_site: true }],
    })
  })

  it('opens forms for engaged dispositions only, and none with a site alone', () => {
    const option = { ...newDisposition('Sold'), form_id: 3 }
    const formOf = (kind: 'engaged' | 'callback', interaction: 'form' | 'external-site') => {
      const sent = body({ ...newValues('manual'), interaction, dispositions: [{ ...option, kind }] })
      return (sent.dispositions as { form_id: number | null }[])[0]?.form_id
    }
    expect(formOf('engaged', 'form')).toBe(3)
    expect(formOf('callback', 'form')).toBeNull()
    expect(formOf('engaged', 'external-site')).toBeNull()
  })

  it('does not send what a switch turned off', () => {
    const sent = body({
      ...newValues('dialer'),
      machine_audio_id: 8,
      initial_boost_factor: 3,
      periodic_seconds: 20,
      announce_seconds: 30,
      exit_ivr_id: 2,
      weekdays: [5, 1],
    })
    expect(sent).toMatchObject({
      machine_audio_id: null,
      initial_boost_factor: 1,
      periodic_seconds: 0,
      announce_seconds: 0,
      exit_ivr_id: null,
      weekdays: [1, 5],
      answered: null,
    })
  })
})

describe('values', () => {
  it('of a campaign leave out what only the server knows', () => {
    const values = valuesOf('dialer', {
      id: 7,
      state: 'active',
      opens_at: '09:30:00',
      answered: { type: 'ivr', id: 2, name: 'Menu' },
      members: [{ agent_id: 1, penalty: 2, name: 'Ana', extension: 1000 }],
      incidence_rules: [
        { id: 3, outcome: 'busy', disposition: null, max_attempts: 2, delay_seconds: 60, mode: 'fixed' },
      ],
    })
    expect(values).not.toHaveProperty('state')
    expect(values.opens_at).toBe('09:30')
    expect(values.answered_to).toBe('destination')
    expect(values.answered).toEqual({ type: 'ivr', id: 2 })
    expect(values.members).toEqual([{ agent_id: 1, penalty: 2, name: 'Ana' }])
    expect(values.incidence_rules[0]).not.toHaveProperty('id')
  })

  it('of a copy are no longer those of the campaign', () => {
    const copy = copyOf('manual', {
      external_system_id: 1,
      external_id: 'A',
      dispositions: [{ ...newDisposition('Sold'), id: 9 }],
    })
    expect(copy.external_system_id).toBeNull()
    expect(copy.external_id).toBe('')
    expect(copy.dispositions[0]?.id).toBeNull()
  })

  it('of an unfinished draft are those of a new campaign where it says nothing', () => {
    expect(valuesOf('dialer', { objective: 5 })).toEqual({ ...newValues('dialer'), objective: 5 })
  })
})
