import { api, call, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type PauseSet = Item<'/api/v2/pause-sets'>
export type PauseSetValues = Body<'/api/v2/pause-sets', 'post'>
export type Pause = Item<'/api/v2/pauses'>

const at = (pause_set_id: number) => ({ params: { path: { pause_set_id } } })

export const listPauseSets = (query: ListQuery) => call(api.GET('/api/v2/pause-sets', { params: { query } }))
export const getPauseSet = (id: number) => call(api.GET('/api/v2/pause-sets/{pause_set_id}', at(id)))
export const createPauseSet = (body: PauseSetValues) => call(api.POST('/api/v2/pause-sets', { body }))
export const changePauseSet = (id: number, body: PauseSetValues) =>
  call(api.PATCH('/api/v2/pause-sets/{pause_set_id}', { ...at(id), body }))
export const deletePauseSet = (id: number) => call(api.DELETE('/api/v2/pause-sets/{pause_set_id}', at(id)))

/** A contact centre has few pauses. */
export const listPauses = async () =>
  (await call(api.GET('/api/v2/pauses', { params: { query: { page: 1, page_size: 200 } } }))).items
