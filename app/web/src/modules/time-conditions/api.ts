import { api, call, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type TimeCondition = Item<'/api/v2/time-conditions'>
export type TimeConditionBody = Body<'/api/v2/time-conditions', 'post'>

const at = (condition_id: number) => ({ params: { path: { condition_id } } })

export const timeConditions = {
  list: (query: ListQuery) => call(api.GET('/api/v2/time-conditions', { params: { query } })),
  get: (id: number) => call(api.GET('/api/v2/time-conditions/{condition_id}', at(id))),
  create: (body: TimeConditionBody) => call(api.POST('/api/v2/time-conditions', { body })),
  change: (id: number, body: TimeConditionBody) =>
    call(api.PATCH('/api/v2/time-conditions/{condition_id}', { ...at(id), body })),
  remove: (id: number) => call(api.DELETE('/api/v2/time-conditions/{condition_id}', at(id))),
}
