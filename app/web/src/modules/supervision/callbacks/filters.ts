/** The filters of the list of callbacks: as they stand in the address bar, and as the API takes them. */
import { historyQuery } from '@/modules/recordings/history/filters'

/** Dates are `YYYY-MM-DD` in the zone on screen; `overdue` is `true` or empty. */
export const CALLBACK_FILTERS = ['from', 'to', 'campaign_id', 'agent_id', 'overdue'] as const
export type CallbackFilter = (typeof CALLBACK_FILTERS)[number]
export type CallbackFilters = Partial<Record<CallbackFilter, string>>

export function callbackQuery({ overdue, ...filters }: CallbackFilters, zone?: string) {
  return { ...historyQuery(filters, zone), ...(overdue === 'true' ? { overdue: true } : {}) }
}
