/** What the form of an external site holds, and the parameters and sample values it is tried with. */
import type { Context, Parameter, Site, SiteBody } from './api'

export type Trigger = Site['trigger']
export type Format = NonNullable<Site['format']>
export type Target = NonNullable<Site['target']>
export type Kind = Parameter['kind']

export const TRIGGERS: readonly Trigger[] = ['button', 'automatic', 'server', 'disposition', 'dynamic-list']
export const FORMATS: readonly Format[] = ['urlencoded', 'multipart', 'text', 'json']
export const TARGETS: readonly Target[] = ['embedded', 'new-tab']
export const KINDS: readonly Kind[] = ['campaign', 'contact', 'call', 'fixed', 'dialplan', 'disposition']

/** What can be sent of the kinds that have a closed list. */
export const VALUES: Partial<Record<Kind, readonly string[]>> = {
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

const SAMPLES: Record<string, string> = {
  'campaign.id': '7',
  'campaign.name': 'Ventas',
  'campaign.type': 'inbound',
  'call.call_id': '01JDB3KQ7M4V9XW2T8ZC5N6R1H',
  'call.agent_id': '3',
  'call.agent_username': 'ana',
  'call.agent_name': 'Ana Pereyra',
  'call.telephone': '+543515550100',
  'call.contact_id': '321321321',
  'call.rec_filename': 'in-20261122-7-3-543515550100.wav',
  'call.call_wait_duration': '12',
  'call.datetime': '2026-11-22T10:15:00-03:00',
  'disposition.id': '5',
  'disposition.name': 'Venta',
  'disposition.subdisposition': 'Plan A',
  'disposition.form': 'Muy satisfecho',
}

/** A parameter in the trial; `id` is only for keeping its row. */
export interface TrialRow extends Parameter {
  id: number
  sample: string
}

export interface SiteValues {
  name: string
  url: string
  trigger: Trigger
  method: Site['method']
  format: Format
  target: Target
  authentication_id: number | null
  is_hidden: boolean
}

export function valuesOf(site: Site | null): SiteValues {
  return {
    name: site?.name ?? '',
    url: site?.url ?? '',
    trigger: site?.trigger ?? 'button',
    method: site?.method ?? 'GET',
    format: site?.format ?? 'urlencoded',
    target: site?.target ?? 'embedded',
    authentication_id: site?.authentication_id ?? null,
    is_hidden: site?.is_hidden ?? false,
  }
}

/** Whether the server makes the request; the agent's browser makes the others. */
export function isByServer({ trigger, method, format }: SiteValues): boolean {
  return trigger === 'server' || trigger === 'dynamic-list' || (method === 'POST' && format === 'json')
}

/** Only what goes together is sent. */
export function bodyOf(values: SiteValues): SiteBody {
  const byServer = isByServer(values)
  return {
    ...values,
    name: values.name.trim(),
    url: values.url.trim(),
    format: values.method === 'POST' ? values.format : null,
    target: byServer ? null : values.target,
    authentication_id: byServer ? values.authentication_id : null,
  }
}

/** The places in an address, such as `{1}`, once each. */
export function placesOf(url: string): string[] {
  return [...new Set(url.match(/\{[1-9][0-9]?\}/g) ?? [])].sort(
    (one, other) => Number(one.slice(1, -1)) - Number(other.slice(1, -1)),
  )
}

let lastId = 0

export function rowOf(name: string, kind: Kind, value: string): TrialRow {
  return { id: ++lastId, name, kind, value, sample: sampleOf(kind, value) }
}

export function sampleOf(kind: Kind, value: string): string {
  return SAMPLES[`${kind}.${value}`] ?? ''
}

/** Rows to begin with: one for each place, else the two most CRMs want. */
export function firstRows(url: string): TrialRow[] {
  const places = placesOf(url)
  if (places.length > 0) return places.map((place) => rowOf(place, 'call', 'contact_id'))
  return [rowOf('idClient', 'call', 'contact_id'), rowOf('tel', 'call', 'telephone')]
}

export const parametersOf = (rows: readonly TrialRow[]): Parameter[] =>
  rows.map(({ name, kind, value }) => ({ name, kind, value }))

/** The sample values as the server takes them. The sample of a form is the answer to one question. */
export function contextOf(rows: readonly TrialRow[], question: string): Context {
  const context: Record<string, Record<string, string>> = {}
  for (const { kind, value, sample } of rows) {
    if (kind === 'fixed') continue
    const isForm = kind === 'disposition' && value === 'form'
    const part = (context[isForm ? 'answers' : kind] ??= {})
    part[isForm ? question : value] = sample
  }
  return context
}

/** JSON in lines that can be read; everything else as it is. */
export function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
