/** Leads of a campaign for its supervisors, and recycling. */
import { api, call, type Answer, type Body } from '@/api'

export type LeadSlice = Answer<'/api/v2/campaigns/{campaign_id}/leads', 'get'>
export type Lead = LeadSlice['items'][number]
export type LeadState = Lead['state']
export type LeadCounts = Answer<'/api/v2/campaigns/{campaign_id}/leads/counts', 'get'>
export type RecyclingCounts = Answer<'/api/v2/campaigns/{campaign_id}/recycling', 'get'>
export type Recycling = Body<'/api/v2/campaigns/{campaign_id}/recycle', 'post'>

const at = (campaign_id: number) => ({ params: { path: { campaign_id } } })
const PAGE_SIZE = 50

export interface LeadFilters {
  state?: LeadState
  agent_id?: number
}

export const listLeads = (campaign_id: number, filters: LeadFilters, cursor?: string) =>
  call(
    api.GET('/api/v2/campaigns/{campaign_id}/leads', {
      params: { path: { campaign_id }, query: { ...filters, cursor, page_size: PAGE_SIZE } },
    }),
  )
export const countLeads = (id: number) =>
  call(api.GET('/api/v2/campaigns/{campaign_id}/leads/counts', at(id)))
export const reserveLeads = (id: number, lead_ids: number[], agent_id: number) =>
  call(api.POST('/api/v2/campaigns/{campaign_id}/leads/reserve', { ...at(id), body: { lead_ids, agent_id } }))
export const releaseLeads = (id: number, lead_ids: number[]) =>
  call(api.POST('/api/v2/campaigns/{campaign_id}/leads/release', { ...at(id), body: { lead_ids } }))
export const distributeLeads = (id: number, kind: 'proportional' | 'random') =>
  call(api.POST('/api/v2/campaigns/{campaign_id}/leads/distribute', { ...at(id), body: { kind } }))

export const orderUrl = (id: number) => `/api/v2/campaigns/${id}/leads/order`
/** The generated type of a file in a multipart body is `string`; the client sends the form as it is. */
export function importOrder(id: number, file: File) {
  const form = new FormData()
  form.set('file', file)
  return call(api.POST('/api/v2/campaigns/{campaign_id}/leads/order', { ...at(id), body: form as never }))
}

export const countRecycling = (id: number) =>
  call(api.GET('/api/v2/campaigns/{campaign_id}/recycling', at(id)))
export const recycle = (id: number, body: Recycling) =>
  call(api.POST('/api/v2/campaigns/{campaign_id}/recycle', { ...at(id), body }))
