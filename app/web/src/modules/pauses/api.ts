import { api, call, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type Pause = Item<'/api/v2/pauses'>
export type PauseValues = Body<'/api/v2/pauses', 'post'>

const at = (pause_id: number) => ({ params: { path: { pause_id } } })

export const listPauses = (query: ListQuery) => call(api.GET('/api/v2/pauses', { params: { query } }))
export const createPause = (body: PauseValues) => call(api.POST('/api/v2/pauses', { body }))
export const changePause = (id: number, body: PauseValues) =>
  call(api.PATCH('/api/v2/pauses/{pause_id}', { ...at(id), body }))
export const deletePause = (id: number) => call(api.DELETE('/api/v2/pauses/{pause_id}', at(id)))
