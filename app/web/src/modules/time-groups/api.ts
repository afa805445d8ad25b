import { api, call, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type TimeGroup = Item<'/api/v2/time-groups'>
export type TimeGroupBody = Body<'/api/v2/time-groups', 'post'>

const at = (group_id: number) => ({ params: { path: { group_id } } })

export const timeGroups = {
  list: (query: ListQuery) => call(api.GET('/api/v2/time-groups', { params: { query } })),
  get: (id: number) => call(api.GET('/api/v2/time-groups/{group_id}', at(id))),
  create: (body: TimeGroupBody) => call(api.POST('/api/v2/time-groups', { body })),
  change: (id: number, body: TimeGroupBody) =>
    call(api.PATCH('/api/v2/time-groups/{group_id}', { ...at(id), body })),
  remove: (id: number) => call(api.DELETE('/api/v2/time-groups/{group_id}', at(id))),
}
