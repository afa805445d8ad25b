import { api, call, type Answer, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

import type { ImportApi } from './importing'

export type ContactBase = Item<'/api/v2/contact-bases'>
export type BaseColumn = ContactBase['columns'][number]
export type ColumnRole = BaseColumn['role']
export type BaseBody = Body<'/api/v2/contact-bases', 'post'>
export type BasePatch = Body<'/api/v2/contact-bases/{base_id}', 'patch'>
export type ContactSlice = Answer<'/api/v2/contact-bases/{base_id}/contacts', 'get'>
export type Contact = ContactSlice['items'][number]
export type Import = Item<'/api/v2/contact-imports'>
export type ImportStart = Body<'/api/v2/contact-imports/{import_id}/start', 'post'>

const at = (base_id: number) => ({ params: { path: { base_id } } })
const of = (base_id: number, contact_id: number) => ({ params: { path: { base_id, contact_id } } })
const run = (import_id: number) => ({ params: { path: { import_id } } })

export const listBases = (query: ListQuery, filters: { hidden?: string } = {}) =>
  call(
    api.GET('/api/v2/contact-bases', {
      params: {
        query: { ...query, ...(filters.hidden === 'all' ? {} : { is_hidden: filters.hidden === 'hidden' }) },
      },
    }),
  )
export const getBase = (id: number) => call(api.GET('/api/v2/contact-bases/{base_id}', at(id)))
export const createBase = (body: BaseBody) => call(api.POST('/api/v2/contact-bases', { body }))
export const changeBase = (id: number, body: BasePatch) =>
  call(api.PATCH('/api/v2/contact-bases/{base_id}', { ...at(id), body }))
export const deleteBase = (id: number) => call(api.DELETE('/api/v2/contact-bases/{base_id}', at(id)))
export const exportUrl = (id: number) => `/api/v2/contact-bases/${id}/export`
export const EXAMPLE_URL = '/api/v2/contact-bases/example'

export const listContacts = (id: number, query: { search?: string; cursor?: string; size?: number }) =>
  call(api.GET('/api/v2/contact-bases/{base_id}/contacts', { params: { path: { base_id: id }, query } }))
export const createContact = (id: number, values: Record<string, string>) =>
  call(api.POST('/api/v2/contact-bases/{base_id}/contacts', { ...at(id), body: { values } }))
export const changeContact = (id: number, contact: number, values: Record<string, string>) =>
  call(
    api.PATCH('/api/v2/contact-bases/{base_id}/contacts/{contact_id}', {
      ...of(id, contact),
      body: { values },
    }),
  )
export const deleteContact = (id: number, contact: number) =>
  call(api.DELETE('/api/v2/contact-bases/{base_id}/contacts/{contact_id}', of(id, contact)))

export const listImports = (query: ListQuery) =>
  call(api.GET('/api/v2/contact-imports', { params: { query } }))
export const beginImport = (file_name: string, base_id: number | null) =>
  call(api.POST('/api/v2/contact-imports', { body: { file_name, base_id } }))
export const startImport = (id: number, body: ImportStart) =>
  call(api.POST('/api/v2/contact-imports/{import_id}/start', { ...run(id), body }))

export const contactImports: ImportApi = {
  part: (id, position, content) =>
    call(
      api.PUT('/api/v2/contact-imports/{import_id}/parts/{position}', {
        params: { path: { import_id: id, position } },
        body: content as unknown as string, // the generated type of binary bodies
        bodySerializer: (body: unknown) => body as BodyInit,
        headers: { 'Content-Type': 'application/octet-stream' },
      }),
    ),
  preview: (id, body) => call(api.POST('/api/v2/contact-imports/{import_id}/preview', { ...run(id), body })),
  get: (id) => call(api.GET('/api/v2/contact-imports/{import_id}', run(id))),
  cancel: (id) => call(api.POST('/api/v2/contact-imports/{import_id}/cancel', run(id))),
  rejectsUrl: (id) => `/api/v2/contact-imports/${id}/rejects`,
}
