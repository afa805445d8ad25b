import { api, call, everyPage, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type System = Item<'/api/v2/external-systems'>
export type SystemBody = Body<'/api/v2/external-systems', 'post'>

const at = (system_id: number) => ({ params: { path: { system_id } } })

export const systems = {
  list: (query: ListQuery) => call(api.GET('/api/v2/external-systems', { params: { query } })),
  get: (id: number) => call(api.GET('/api/v2/external-systems/{system_id}', at(id))),
  create: (body: SystemBody) => call(api.POST('/api/v2/external-systems', { body })),
  change: (id: number, body: SystemBody) =>
    call(api.PATCH('/api/v2/external-systems/{system_id}', { ...at(id), body })),
  remove: (id: number) => call(api.DELETE('/api/v2/external-systems/{system_id}', at(id))),
}

export const allAgents = () => everyPage((query) => call(api.GET('/api/v2/agents', { params: { query } })))
export type AgentChoice = Awaited<ReturnType<typeof allAgents>>[number]
