import { api, call, type Answer, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type CustomDestination = Item<'/api/v2/custom-destinations'>
export type CustomDestinationBody = Body<'/api/v2/custom-destinations', 'post'>

const at = (destination_id: number) => ({ params: { path: { destination_id } } })

export const customDestinations = {
  list: (query: ListQuery) => call(api.GET('/api/v2/custom-destinations', { params: { query } })),
  get: (id: number) => call(api.GET('/api/v2/custom-destinations/{destination_id}', at(id))),
  create: (body: CustomDestinationBody) => call(api.POST('/api/v2/custom-destinations', { body })),
  change: (id: number, body: CustomDestinationBody) =>
    call(api.PATCH('/api/v2/custom-destinations/{destination_id}', { ...at(id), body })),
  remove: (id: number) => call(api.DELETE('/api/v2/custom-destinations/{destination_id}', at(id))),
}

export type CustomDialplan = Answer<'/api/v2/custom-dialplan', 'get'>
export const getDialplan = () => call(api.GET('/api/v2/custom-dialplan'))
export const saveDialplan = (text: string) => call(api.PUT('/api/v2/custom-dialplan', { body: { text } }))
