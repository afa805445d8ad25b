import { api, call, everyPage, type Item } from '@/api'
import type { ListQuery } from '@/kit'

import { callbackQuery, type CallbackFilters } from './filters'

export type Callback = Item<'/api/v2/callbacks'>

const at = (callback_id: number) => ({ path: { callback_id } })

export const fetchCallbacks = (paging: ListQuery, filters: CallbackFilters) =>
  call(api.GET('/api/v2/callbacks', { params: { query: { ...paging, ...callbackQuery(filters) } } }))
export const fetchTakers = (id: number) =>
  everyPage((query) =>
    call(api.GET('/api/v2/callbacks/{callback_id}/agents', { params: { ...at(id), query } })),
  )
export const giveCallback = (id: number, agent_id: number) =>
  call(api.PUT('/api/v2/callbacks/{callback_id}/agent', { params: at(id), body: { agent_id } }))
export const deleteCallback = (id: number) =>
  call(api.DELETE('/api/v2/callbacks/{callback_id}', { params: at(id) }))
