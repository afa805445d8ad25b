import { api, call, everyPage, type Answer, type Body, type Item } from '@/api'

export type Route = Item<'/api/v2/inbound-routes'>
export type Flow = Answer<'/api/v2/call-flow', 'get'>
export type FlowNode = Flow['nodes'][number]
export type FlowEdge = Flow['edges'][number]
export type Finding = Flow['findings'][number]
export type TryBody = Body<'/api/v2/call-flow/try', 'post'>
export type TryAnswer = Answer<'/api/v2/call-flow/try', 'post'>
export type Step = TryAnswer['steps'][number]

export const listRoutes = () =>
  everyPage((query) => call(api.GET('/api/v2/inbound-routes', { params: { query } })))
export const getFlow = (route_id: number) =>
  call(api.GET('/api/v2/call-flow', { params: { query: { route_id } } }))
export const tryCall = (body: TryBody) => call(api.POST('/api/v2/call-flow/try', { body }))
