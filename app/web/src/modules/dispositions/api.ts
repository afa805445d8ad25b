import { api, call, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type DispositionName = Item<'/api/v2/disposition-names'>
export type DispositionNameBody = Body<'/api/v2/disposition-names', 'post'>

const at = (name_id: number) => ({ params: { path: { name_id } } })

export const dispositionNames = {
  list: (query: ListQuery) => call(api.GET('/api/v2/disposition-names', { params: { query } })),
  get: (id: number) => call(api.GET('/api/v2/disposition-names/{name_id}', at(id))),
  create: (body: DispositionNameBody) => call(api.POST('/api/v2/disposition-names', { body })),
  change: (id: number, body: Body<'/api/v2/disposition-names/{name_id}', 'patch'>) =>
    call(api.PATCH('/api/v2/disposition-names/{name_id}', { ...at(id), body })),
  remove: (id: number) => call(api.DELETE('/api/v2/disposition-names/{name_id}', at(id))),
}
