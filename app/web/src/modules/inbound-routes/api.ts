import { api, call, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type InboundRoute = Item<'/api/v2/inbound-routes'>
export type InboundRouteBody = Body<'/api/v2/inbound-routes', 'post'>

const at = (route_id: number) => ({ params: { path: { route_id } } })

export const inboundRoutes = {
  list: (query: ListQuery) => call(api.GET('/api/v2/inbound-routes', { params: { query } })),
  get: (id: number) => call(api.GET('/api/v2/inbound-routes/{route_id}', at(id))),
  create: (body: InboundRouteBody) => call(api.POST('/api/v2/inbound-routes', { body })),
  change: (id: number, body: InboundRouteBody) =>
    call(api.PATCH('/api/v2/inbound-routes/{route_id}', { ...at(id), body })),
  remove: (id: number) => call(api.DELETE('/api/v2/inbound-routes/{route_id}', at(id))),
}
