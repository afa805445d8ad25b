import { api, call, everyPage, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type AgentForm = Item<'/api/v2/forms'>
export type FormBody = Body<'/api/v2/forms', 'post'>
export type FormPatch = Body<'/api/v2/forms/{form_id}', 'patch'>

const at = (form_id: number) => ({ params: { path: { form_id } } })

export const agentForms = {
  list: (query: ListQuery) => call(api.GET('/api/v2/forms', { params: { query } })),
  get: (id: number) => call(api.GET('/api/v2/forms/{form_id}', at(id))),
  create: (body: FormBody) => call(api.POST('/api/v2/forms', { body })),
  change: (id: number, body: FormPatch) => call(api.PATCH('/api/v2/forms/{form_id}', { ...at(id), body })),
  remove: (id: number) => call(api.DELETE('/api/v2/forms/{form_id}', at(id))),
}

/** The options of a dynamic list of a stored form, as the CRM has them now. */
export const fetchOptions = async (form_id: number, position: number) =>
  (
    await call(
      api.GET('/api/v2/forms/{form_id}/fields/{position}/options', {
        params: { path: { form_id, position } },
      }),
    )
  ).options

/** The external sites a dynamic list can have its options from. */
export async function fetchListSites() {
  const sites = await everyPage((query) => call(api.GET('/api/v2/external-sites', { params: { query } })))
  return sites.filter((site) => site.trigger === 'dynamic-list')
}

export type ListSite = Awaited<ReturnType<typeof fetchListSites>>[number]
