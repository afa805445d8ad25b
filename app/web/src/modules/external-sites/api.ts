import { api, call, everyPage, type Answer, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type Site = Item<'/api/v2/external-sites'>
export type SiteBody = Body<'/api/v2/external-sites', 'post'>
export type Login = Item<'/api/v2/external-site-authentications'>
export type LoginBody = Body<'/api/v2/external-site-authentications', 'post'>
export type Parameter = NonNullable<Body<'/api/v2/external-sites/test', 'post'>['parameters']>[number]
export type Context = NonNullable<Body<'/api/v2/external-sites/test', 'post'>['context']>
export type SiteTrial = Answer<'/api/v2/external-sites/test', 'post'>
export type LoginTrial = Answer<'/api/v2/external-site-authentications/test', 'post'>

const at = (site_id: number) => ({ params: { path: { site_id } } })
const loginAt = (authentication_id: number) => ({ params: { path: { authentication_id } } })

export const sites = {
  list: (query: ListQuery) => call(api.GET('/api/v2/external-sites', { params: { query } })),
  get: (id: number) => call(api.GET('/api/v2/external-sites/{site_id}', at(id))),
  create: (body: SiteBody) => call(api.POST('/api/v2/external-sites', { body })),
  change: (id: number, body: Body<'/api/v2/external-sites/{site_id}', 'patch'>) =>
    call(api.PATCH('/api/v2/external-sites/{site_id}', { ...at(id), body })),
  remove: (id: number) => call(api.DELETE('/api/v2/external-sites/{site_id}', at(id))),
}

export type SiteRequest = Item<'/api/v2/external-sites/{site_id}/requests'>
export type SiteRequestState = SiteRequest['state']
export const siteRequests = (site_id: number, query: ListQuery, state?: SiteRequestState) =>
  call(
    api.GET('/api/v2/external-sites/{site_id}/requests', {
      params: { path: { site_id }, query: { ...query, state } },
    }),
  )

/** Sends the request of a site as it is in the form, stored or not. */
export const trySite = (body: Body<'/api/v2/external-sites/test', 'post'>) =>
  call(api.POST('/api/v2/external-sites/test', { body }))

export const logins = {
  list: (query: ListQuery) => call(api.GET('/api/v2/external-site-authentications', { params: { query } })),
  get: (id: number) =>
    call(api.GET('/api/v2/external-site-authentications/{authentication_id}', loginAt(id))),
  create: (body: LoginBody) => call(api.POST('/api/v2/external-site-authentications', { body })),
  change: (id: number, body: Body<'/api/v2/external-site-authentications/{authentication_id}', 'patch'>) =>
    call(api.PATCH('/api/v2/external-site-authentications/{authentication_id}', { ...loginAt(id), body })),
  remove: (id: number) =>
    call(api.DELETE('/api/v2/external-site-authentications/{authentication_id}', loginAt(id))),
}

export const allLogins = () =>
  everyPage((query) => call(api.GET('/api/v2/external-site-authentications', { params: { query } })))

export const tryLogin = (body: Body<'/api/v2/external-site-authentications/test', 'post'>) =>
  call(api.POST('/api/v2/external-site-authentications/test', { body }))
