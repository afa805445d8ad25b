import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'

import { ApiProblem } from '@/api'

import * as server from '../api'
import type { CallCard, CardColumn, ContactCard, SiteVisit } from '../api'

import { useCallCard } from './call-card'
import {
  changedValues,
  contactFacts,
  contactTitle,
  isWritable,
  missingKeys,
  newValues,
} from './contact-values'
import { formOf, opensByItself, openTab } from './site-visit'

vi.mock('../api', () => ({ fetchCard: vi.fn(), attachContact: vi.fn() }))

const column = (key: string, role: CardColumn['role'], changes: Partial<CardColumn> = {}): CardColumn => ({
  key,
  name: key,
  role,
  is_locked: false,
  is_required: false,
  ...changes,
})
const COLUMNS = [
  column('phone', 'phone'),
  column('name', 'data', { is_required: true }),
  column('city', 'data'),
  column('dni', 'external-id', { is_locked: true, is_required: true }),
]
const contact = (id: number, values: Record<string, string> = {}): ContactCard => ({
  id,
  phone: '3515550001',
  external_id: null,
  values,
  version: 'v1',
  is_original: true,
})

describe('a contact at the desk', () => {
  it('is called by its first words, else by its number', () => {
    const ana = contact(1, { phone: '351', name: 'Ana', city: 'Córdoba', dni: '30' })
    expect(contactTitle(ana, COLUMNS)).toBe('Ana Córdoba')
    expect(contactTitle(contact(2, { name: ' ' }), COLUMNS)).toBe('3515550001')
    expect(contactFacts(ana, COLUMNS)).toEqual(['351', '30'])
  })

  it('sends only what was changed', () => {
    expect(changedValues({ name: 'Ana', city: '' }, { name: 'Ana ', city: 'Salta' })).toEqual({
      city: 'Salta',
    })
  })

  it('lets a locked column be written once, in a new contact', () => {
    const locked = COLUMNS[3]!
    expect([isWritable(locked, true), isWritable(locked, false)]).toEqual([true, false])
  })

  it('names what has to be filled in and can be', () => {
    expect(missingKeys(COLUMNS, { phone: '351', name: ' ' }, false)).toEqual(['name'])
    expect(missingKeys(COLUMNS, { name: 'Ana' }, true)).toEqual(['phone', 'dni'])
  })

  it('begins with the number of the call', () => {
    expect(newValues(COLUMNS, '351')).toEqual({ phone: '351', name: '', city: '', dni: '' })
  })
})

describe('the card of a call', () => {
  const card = (changes: Partial<CallCard> = {}): CallCard => ({
    call_id: 'c1',
    campaign_id: 7,
    has_contacts: true,
    columns: [],
    contact: null,
    candidates: [],
    is_attached: false,
    script: [],
    ...changes,
  })
  const fetchCard = vi.mocked(server.fetchCard)
  const attachContact = vi.mocked(server.attachContact)

  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.resetAllMocks()
  })

  it('is asked for once more while nobody is known, and then no more', async () => {
    fetchCard
      .mockResolvedValueOnce(card())
      .mockResolvedValue(card({ contact: contact(1), is_attached: true }))
    const scope = effectScope()
    const desk = scope.run(() => useCallCard('c1', ''))!
    await desk.start()
    expect(desk.card.value?.contact).toBeNull()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(desk.card.value?.contact?.id).toBe(1)
    expect(fetchCard).toHaveBeenCalledTimes(2)
    scope.stop()
  })

  it('keeps for the call who identified themselves', async () => {
    const known = card({ contact: contact(4) })
    fetchCard.mockResolvedValue(known)
    attachContact.mockResolvedValue({ ...known, is_attached: true })
    const scope = effectScope()
    const desk = scope.run(() => useCallCard('c1', '30111'))!
    await desk.start()
    expect(fetchCard).toHaveBeenCalledWith('c1', '30111')
    expect(attachContact).toHaveBeenCalledWith('c1', 4)
    expect(desk.card.value?.is_attached).toBe(true)
    scope.stop()
  })

  it('is the choice, though an older answer comes later', async () => {
    let late: (value: CallCard) => void = () => undefined
    fetchCard.mockReturnValue(new Promise((resolve) => (late = resolve)))
    attachContact.mockResolvedValue(card({ contact: contact(9), is_attached: true }))
    const scope = effectScope()
    const desk = scope.run(() => useCallCard('c1', ''))!
    const loading = desk.load()
    await desk.attach(9)
    late(card())
    await loading
    expect(desk.card.value?.contact?.id).toBe(9)
    scope.stop()
  })

  it('says what went wrong and keeps what it knew', async () => {
    fetchCard.mockResolvedValue(card({ contact: contact(1), is_attached: true }))
    attachContact.mockRejectedValue(new ApiProblem(409, 'conflict', 'No.', []))
    const scope = effectScope()
    const desk = scope.run(() => useCallCard('c1', ''))!
    await desk.start()
    expect(await desk.attach(2)).toBe(false)
    expect(desk.problem.value?.code).toBe('conflict')
    expect(desk.card.value?.contact?.id).toBe(1)
    scope.stop()
  })
})

describe('an external site', () => {
  const visit = (changes: Partial<SiteVisit> = {}): SiteVisit => ({
    site_name: 'CRM',
    target: 'new-tab',
    method: 'POST',
    url: 'https://crm.example/in',
    format: 'multipart',
    fields: [
      { name: 'submit', value: '<b>"x"</b>' },
      { name: 'tel', value: '351' },
    ],
    ...changes,
  })

  it('gets a POST as a form of its format, values as they are', () => {
    const form = formOf(visit(), 'crm-1')
    expect([form.action, form.method, form.enctype, form.target]).toEqual([
      'https://crm.example/in',
      'post',
      'multipart/form-data',
      'crm-1',
    ])
    const fields = [...form.querySelectorAll('input')].map(({ name, value }) => [name, value])
    expect(fields).toEqual([
      ['submit', '<b>"x"</b>'],
      ['tel', '351'],
    ])
    expect(formOf(visit({ format: 'text' }), 'x').enctype).toBe('text/plain')
    expect(formOf(visit({ format: 'urlencoded' }), 'x').enctype).toBe('application/x-www-form-urlencoded')
  })

  it('opens a tab that cannot reach back, or says that it was blocked', () => {
    const tab = { location: { href: '' }, opener: window as unknown }
    const open = vi.fn(() => tab as unknown as Window)
    expect(openTab(visit({ method: 'GET', url: 'https://crm.example/?a=1' }), 'crm-c1', open)).toBe('tab')
    expect(tab).toEqual({ location: { href: 'https://crm.example/?a=1' }, opener: null })
    expect(openTab(visit(), 'crm-c1', () => null)).toBe('blocked')
  })

  it('opens by itself once it is clear whom the call is with', () => {
    const site = { trigger: 'automatic', target: 'embedded' }
    const known = { contact: {}, candidates: [] }
    expect(opensByItself(site, null)).toBe(false)
    expect(opensByItself(site, known)).toBe(true)
    expect(opensByItself(site, { contact: null, candidates: [{}, {}] })).toBe(false)
    expect(opensByItself(site, { contact: null, candidates: [] })).toBe(true)
    expect(opensByItself({ ...site, trigger: 'button' }, known)).toBe(false)
    expect(opensByItself(null, known)).toBe(false)
  })
})
