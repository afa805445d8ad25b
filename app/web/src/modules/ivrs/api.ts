import { api, call, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type Ivr = Item<'/api/v2/ivrs'>
export type IvrBody = Body<'/api/v2/ivrs', 'post'>

const at = (ivr_id: number) => ({ params: { path: { ivr_id } } })

export const ivrs = {
  list: (query: ListQuery) => call(api.GET('/api/v2/ivrs', { params: { query } })),
  get: (id: number) => call(api.GET('/api/v2/ivrs/{ivr_id}', at(id))),
  create: (body: IvrBody) => call(api.POST('/api/v2/ivrs', { body })),
  change: (id: number, body: IvrBody) => call(api.PATCH('/api/v2/ivrs/{ivr_id}', { ...at(id), body })),
  remove: (id: number) => call(api.DELETE('/api/v2/ivrs/{ivr_id}', at(id))),
}
