/** The filters of recordings and call history: as they stand in the address bar, and as the API takes them. */
import { displayZone, instantOfWallClock } from '@/kit'

/** Names of the filters, also the query parameters of the page. Dates are `YYYY-MM-DD` in the zone on screen. */
export const HISTORY_FILTERS = [
  'from',
  'to',
  'campaign_id',
  'agent_id',
  'number',
  'call_id',
  'event',
] as const
export type HistoryFilter = (typeof HISTORY_FILTERS)[number]
export type HistoryFilters = Partial<Record<HistoryFilter, string>>

export interface HistoryQuery {
  from?: string
  to?: string
  campaign_id?: number
  agent_id?: number
  number?: string
  call_id?: string
  event?: string
}

/** Both days are meant whole: `to` becomes the midnight after it. */
export function historyQuery(filters: HistoryFilters, zone: string = displayZone.value): HistoryQuery {
  const query: HistoryQuery = {}
  if (filters.from) query.from = midnight(filters.from, zone)
  if (filters.to) query.to = midnight(dayAfter(filters.to), zone)
  if (filters.campaign_id) query.campaign_id = Number(filters.campaign_id)
  if (filters.agent_id) query.agent_id = Number(filters.agent_id)
  if (filters.number?.trim()) query.number = filters.number.trim()
  if (filters.call_id?.trim()) query.call_id = filters.call_id.trim()
  if (filters.event) query.event = filters.event
  return query
}

function midnight(date: string, zone: string): string {
  return instantOfWallClock(date, '00:00', zone).toISOString()
}

function dayAfter(date: string): string {
  const day = new Date(`${date}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() + 1)
  return day.toISOString().slice(0, 10)
}
