import { api, call, everyPage, type Answer, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type OutboundRoute = Item<'/api/v2/outbound-routes'>
export type OutboundRouteBody = Body<'/api/v2/outbound-routes', 'post'>
export type TryAnswer = Answer<'/api/v2/outbound-routes/try', 'post'>

const at = (route_id: number) => ({ params: { path: { route_id } } })

export const outboundRoutes = {
  list: (query: ListQuery) => call(api.GET('/api/v2/outbound-routes', { params: { query } })),
  get: (id: number) => call(api.GET('/api/v2/outbound-routes/{route_id}', at(id))),
  create: (body: OutboundRouteBody) => call(api.POST('/api/v2/outbound-routes', { body })),
  change: (id: number, body: OutboundRouteBody) =>
    call(api.PATCH('/api/v2/outbound-routes/{route_id}', { ...at(id), body })),
  remove: (id: number) => call(api.DELETE('/api/v2/outbound-routes/{route_id}', at(id))),
}

/** All of them, in the order in which they are asked. */
export const listInOrder = async () =>
  (await everyPage(outboundRoutes.list)).sort((a, b) => a.position - b.position)
export const saveOrder = (ids: number[]) => call(api.PUT('/api/v2/outbound-routes/order', { body: { ids } }))
export const tryNumber = (number: string) =>
  call(api.POST('/api/v2/outbound-routes/try', { body: { number } }))
export const listTrunks = () =>
  everyPage((query) => call(api.GET('/api/v2/sip-trunks', { params: { query } })))
