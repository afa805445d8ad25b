import { api, call, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type InboundRoute = Item<'/api/v2/inbound-routes'>
export type RouteBody = Body<'/api/v2/inbound-routes', 'post'>
export type Campaign = Item<'/api/v2/inbound-campaigns'>

const at = (route_id: number) => ({ params: { path: { route_id } } })

export const listRoutes = (query: ListQuery) => call(api.GET('/api/v2/inbound-routes', { params: { query } }))
export const createRoute = (body: RouteBody) => call(api.POST('/api/v2/inbound-routes', { body }))
export const changeRoute = (id: number, body: RouteBody) =>
  call(api.PATCH('/api/v2/inbound-routes/{route_id}', { ...at(id), body }))
export const deleteRoute = (id: number) => call(api.DELETE('/api/v2/inbound-routes/{route_id}', at(id)))

export const listCampaigns = async () =>
  (await call(api.GET('/api/v2/inbound-campaigns', { params: { query: { page: 1, page_size: 200 } } }))).items
