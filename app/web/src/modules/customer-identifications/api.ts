import { api, call, type Answer, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type Identification = Item<'/api/v2/customer-identifications'>
export type IdentificationBody = Body<'/api/v2/customer-identifications', 'post'>

const at = (identification_id: number) => ({ params: { path: { identification_id } } })

export const identifications = {
  list: (query: ListQuery) => call(api.GET('/api/v2/customer-identifications', { params: { query } })),
  get: (id: number) => call(api.GET('/api/v2/customer-identifications/{identification_id}', at(id))),
  create: (body: IdentificationBody) => call(api.POST('/api/v2/customer-identifications', { body })),
  change: (id: number, body: IdentificationBody) =>
    call(api.PATCH('/api/v2/customer-identifications/{identification_id}', { ...at(id), body })),
  remove: (id: number) => call(api.DELETE('/api/v2/customer-identifications/{identification_id}', at(id))),
}

export type TryAnswer = Answer<'/api/v2/customer-identifications/try', 'post'>
export const tryIdentification = (body: Body<'/api/v2/customer-identifications/try', 'post'>) =>
  call(api.POST('/api/v2/customer-identifications/try', { body }))
