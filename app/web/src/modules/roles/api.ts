import { api, call, type Answer, type Body } from '@/api'

export type Role = Answer<'/api/v2/roles', 'get'>['items'][number]
export type RoleValues = Body<'/api/v2/roles', 'post'>

const at = (role_id: number) => ({ params: { path: { role_id } } })

export const listRoles = async () => (await call(api.GET('/api/v2/roles'))).items
export const createRole = (body: RoleValues) => call(api.POST('/api/v2/roles', { body }))
export const changeRole = (id: number, body: RoleValues) =>
  call(api.PATCH('/api/v2/roles/{role_id}', { ...at(id), body }))
export const deleteRole = (id: number) => call(api.DELETE('/api/v2/roles/{role_id}', at(id)))
