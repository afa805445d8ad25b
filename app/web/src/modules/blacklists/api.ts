import { api, call, everyPage, type Answer, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'
import type { ImportApi } from '@/modules/contacts/importing'

export type Blacklist = Item<'/api/v2/blacklists'>
export type BlacklistBody = Body<'/api/v2/blacklists', 'post'>
export type EntrySlice = Answer<'/api/v2/blacklists/{blacklist_id}/entries', 'get'>
export type Entry = EntrySlice['items'][number]
export type EntryBody = Body<'/api/v2/blacklists/{blacklist_id}/entries', 'post'>
export type ImportStart = Body<'/api/v2/blacklist-imports/{import_id}/start', 'post'>

const at = (blacklist_id: number) => ({ params: { path: { blacklist_id } } })
const run = (import_id: number) => ({ params: { path: { import_id } } })

export const listBlacklists = (query: ListQuery) => call(api.GET('/api/v2/blacklists', { params: { query } }))
export const getBlacklist = (id: number) => call(api.GET('/api/v2/blacklists/{blacklist_id}', at(id)))
export const createBlacklist = (body: BlacklistBody) => call(api.POST('/api/v2/blacklists', { body }))
export const changeBlacklist = (id: number, body: Body<'/api/v2/blacklists/{blacklist_id}', 'patch'>) =>
  call(api.PATCH('/api/v2/blacklists/{blacklist_id}', { ...at(id), body }))
export const deleteBlacklist = (id: number) => call(api.DELETE('/api/v2/blacklists/{blacklist_id}', at(id)))

export const listEntries = (id: number, query: { search?: string; cursor?: string; size?: number }) =>
  call(
    api.GET('/api/v2/blacklists/{blacklist_id}/entries', { params: { path: { blacklist_id: id }, query } }),
  )
export const writeEntry = (id: number, body: EntryBody) =>
  call(api.POST('/api/v2/blacklists/{blacklist_id}/entries', { ...at(id), body }))
export const removeEntry = (id: number, number: string) =>
  call(
    api.DELETE('/api/v2/blacklists/{blacklist_id}/entries/{number}', {
      params: { path: { blacklist_id: id, number } },
    }),
  )

/** The campaigns a list can be for. */
export const campaignChoices = () =>
  everyPage((query) => call(api.GET('/api/v2/campaigns', { params: { query } })))

export const beginImport = (file_name: string, blacklist_id: number) =>
  call(api.POST('/api/v2/blacklist-imports', { body: { file_name, blacklist_id } }))
export const startImport = (id: number, body: ImportStart) =>
  call(api.POST('/api/v2/blacklist-imports/{import_id}/start', { ...run(id), body }))

export const blacklistImports: ImportApi = {
  part: (id, position, content) =>
    call(
      api.PUT('/api/v2/blacklist-imports/{import_id}/parts/{position}', {
        params: { path: { import_id: id, position } },
        body: content as unknown as string, // the generated type of binary bodies
        bodySerializer: (body: unknown) => body as BodyInit,
        headers: { 'Content-Type': 'application/octet-stream' },
      }),
    ),
  preview: (id, body) =>
    call(api.POST('/api/v2/blacklist-imports/{import_id}/preview', { ...run(id), body })),
  get: (id) => call(api.GET('/api/v2/blacklist-imports/{import_id}', run(id))),
  cancel: (id) => call(api.POST('/api/v2/blacklist-imports/{import_id}/cancel', run(id))),
  rejectsUrl: (id) => `/api/v2/blacklist-imports/${id}/rejects`,
}
