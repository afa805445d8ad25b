import { api, call, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type AgentGroup = Item<'/api/v2/agent-groups'>
export type GroupValues = Required<Body<'/api/v2/agent-groups', 'post'>>

/** Sets of pauses as choices; a contact centre has few. */
export const listPauseSets = async () =>
  (await call(api.GET('/api/v2/pause-sets', { params: { query: { page: 1, page_size: 200 } } }))).items

const at = (group_id: number) => ({ params: { path: { group_id } } })

export const listGroups = (query: ListQuery) => call(api.GET('/api/v2/agent-groups', { params: { query } }))
export const getGroup = (id: number) => call(api.GET('/api/v2/agent-groups/{group_id}', at(id)))
export const createGroup = (body: GroupValues) => call(api.POST('/api/v2/agent-groups', { body }))
export const changeGroup = (id: number, body: GroupValues) =>
  call(api.PATCH('/api/v2/agent-groups/{group_id}', { ...at(id), body }))
export const deleteGroup = (id: number) => call(api.DELETE('/api/v2/agent-groups/{group_id}', at(id)))
