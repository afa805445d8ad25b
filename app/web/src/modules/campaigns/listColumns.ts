/** The columns of the list of campaigns: of all kinds, or those that say something about one. */
import type { Column } from '@/kit'

import type { CampaignKind, CampaignRow } from './api'
import { hasLeads, hasQueue } from './kinds'

/** Labels are keys of the catalogue. */
export function columnsFor(kind: CampaignKind | null): Column<CampaignRow>[] {
  const columns: Column<CampaignRow>[] = [{ key: 'name', label: 'campaigns.field.name' }]
  if (kind === null) columns.push({ key: 'kind', label: 'campaigns.field.kind' })
  columns.push({ key: 'state', label: 'campaigns.field.state' })
  if (kind === null || hasLeads(kind) || kind === 'manual') {
    columns.push({ key: 'base', label: 'campaigns.field.base' })
  }
  if (kind === 'dialer') columns.push({ key: 'dates', label: 'campaigns.field.period' })
  if (kind === null || hasQueue(kind)) {
    columns.push({ key: 'waiting', label: 'campaigns.field.waiting', align: 'end' })
  }
  columns.push({ key: 'members', label: 'campaigns.part.agents', align: 'end' })
  if (kind !== null) columns.push({ key: 'objective', label: 'campaigns.field.objective', align: 'end' })
  return columns
}

/** A day of the calendar, which is the same in every time zone. */
export function dayText(date: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(
    new Date(`${date}T00:00Z`),
  )
}
