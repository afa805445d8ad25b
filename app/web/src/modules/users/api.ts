/** Requests about users, their roles, and the groups agents belong to. */
import { api, call, type Answer, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type UserDetail = Answer<'/api/v2/users/{user_id}', 'get'>
export type UserClone = Body<'/api/v2/users/{user_id}/clone', 'post'>
export type ImportReport = Answer<'/api/v2/users/import', 'post'>
export type User = Item<'/api/v2/users'>
export type Role = Answer<'/api/v2/roles', 'get'>['items'][number]
export type AgentGroup = Item<'/api/v2/agent-groups'>
export type UserCreation = Body<'/api/v2/users', 'post'>
export type UserChange = Body<'/api/v2/users/{user_id}', 'patch'>

/** Longest list of choices asked for at once; agent groups of one contact centre are far fewer. */
const ALL = { page: 1, page_size: 200 }

const at = (user_id: number) => ({ params: { path: { user_id } } })

export const listUsers = (query: ListQuery & { role?: string }) =>
  call(api.GET('/api/v2/users', { params: { query } }))
export const getUser = (id: number) => call(api.GET('/api/v2/users/{user_id}', at(id)))
export const createUser = (body: UserCreation) => call(api.POST('/api/v2/users', { body }))
export const changeUser = (id: number, body: UserChange) =>
  call(api.PATCH('/api/v2/users/{user_id}', { ...at(id), body }))
export const deleteUser = (id: number) => call(api.DELETE('/api/v2/users/{user_id}', at(id)))
export const cloneUser = (id: number, body: UserClone) =>
  call(api.POST('/api/v2/users/{user_id}/clone', { ...at(id), body }))
export const unblockUser = (id: number) => call(api.POST('/api/v2/users/{user_id}/unblock', at(id)))
export const resetPassword = (id: number, body: Body<'/api/v2/users/{user_id}/password', 'post'>) =>
  call(api.POST('/api/v2/users/{user_id}/password', { ...at(id), body }))

export const listRoles = async () => (await call(api.GET('/api/v2/roles'))).items
export const listGroups = async () =>
  (await call(api.GET('/api/v2/agent-groups', { params: { query: ALL } }))).items

export const EXPORT_URL = '/api/v2/users/export'

/** With `isRehearsal` nobody is created. The generated type of a file is `string`; the client sends the form as it is. */
export function importUsers(file: File, isRehearsal: boolean): Promise<ImportReport> {
  const form = new FormData()
  form.set('file', file)
  form.set('dry_run', String(isRehearsal))
  return call(api.POST('/api/v2/users/import', { body: form as never }))
}
