import { describe, expect, it } from 'vitest'

import { FIELDS_OF_KIND, problemsByStep, stepOf, stepsOf } from './steps'

describe('stepsOf', () => {
  it('leaves out what a kind does not have', () => {
    expect(stepsOf('manual')).toEqual([
      'basics',
      'contacts',
      'dispositions',
      'interaction',
      'script',
      'work',
      'supervisors',
      'agents',
    ])
    expect(stepsOf('inbound')).toContain('queue')
    expect(stepsOf('inbound')).not.toContain('dialing')
    expect(stepsOf('dialer')).toEqual(expect.arrayContaining(['dialing', 'queue', 'caller', 'incidence']))
    expect(stepsOf('preview').at(-1)).toBe('assignment')
  })
})

describe('FIELDS_OF_KIND', () => {
  it('has no field of another kind and none twice', () => {
    expect(FIELDS_OF_KIND.manual).not.toContain('strategy')
    expect(FIELDS_OF_KIND.preview).not.toContain('starts_on')
    expect(FIELDS_OF_KIND.inbound).not.toContain('incidence_rules')
    for (const fields of Object.values(FIELDS_OF_KIND)) expect(new Set(fields).size).toBe(fields.length)
  })
})

describe('problems', () => {
  it.each([
    ['name', 'basics'],
    ['contact_base_id', 'contacts'],
    ['field_rules.phone.hidden', 'contacts'],
    ['members.3.agent_id', 'agents'],
    ['groups.0.group_id', 'agents'],
    ['dispositions.2.subdispositions.0', 'dispositions'],
    ['incidence_rules.0', 'incidence'],
    ['failover.id', 'queue'],
    ['answered.id', 'dialing'],
    ['external_site_parameters.1.value', 'interaction'],
    ['something-new', 'basics'],
  ])('of %s are shown in %s', (field, step) => {
    expect(stepOf(field)).toBe(step)
  })

  it('are counted by step', () => {
    const found = problemsByStep({ name: 'a', 'dispositions.0.name': 'b', 'dispositions.1.kind': 'c' })
    expect(found.basics).toEqual([{ field: 'name', text: 'a' }])
    expect(found.dispositions?.map((problem) => problem.field)).toEqual([
      'dispositions.0.name',
      'dispositions.1.kind',
    ])
    expect(found.agents).toBeUndefined()
  })
})
