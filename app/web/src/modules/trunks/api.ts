import { api, call, type Answer, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type Trunk = Item<'/api/v2/sip-trunks'>
export type TrunkTemplate = Answer<'/api/v2/sip-trunks/templates', 'get'>[number]
export type TrunkValues = Required<Body<'/api/v2/sip-trunks', 'post'>>

const at = (trunk_id: number) => ({ params: { path: { trunk_id } } })

export const trunks = {
  list: (query: ListQuery) => call(api.GET('/api/v2/sip-trunks', { params: { query } })),
  get: (id: number) => call(api.GET('/api/v2/sip-trunks/{trunk_id}', at(id))),
  create: (body: TrunkValues) => call(api.POST('/api/v2/sip-trunks', { body })),
  change: (id: number, body: TrunkValues) =>
    call(api.PATCH('/api/v2/sip-trunks/{trunk_id}', { ...at(id), body })),
  remove: (id: number) => call(api.DELETE('/api/v2/sip-trunks/{trunk_id}', at(id))),
}

export const listTemplates = () => call(api.GET('/api/v2/sip-trunks/templates'))
