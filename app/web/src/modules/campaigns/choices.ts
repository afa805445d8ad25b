/** What a campaign's form lets one choose from, loaded when the first part asks for it and shared by all parts. */
import { computed, inject, provide, type ComputedRef, type InjectionKey } from 'vue'

import { api, call, everyPage, type Item } from '@/api'
import { useLoaded, type Loaded } from '@/kit'

import type { CampaignForm } from './form/useCampaignForm'

export type Agent = Item<'/api/v2/agents'>
export type Supervisor = Item<'/api/v2/users'>
export type ContactBase = Item<'/api/v2/contact-bases'>
export type Column = ContactBase['columns'][number]
export type ExternalSite = Item<'/api/v2/external-sites'>

export const listBases = () =>
  everyPage((query) => call(api.GET('/api/v2/contact-bases', { params: { query } })))
export const getBase = (base_id: number) =>
  call(api.GET('/api/v2/contact-bases/{base_id}', { params: { path: { base_id } } }))

/** Roles whose people can be made supervisors of a campaign. */
const SUPERVISING = 'supervision.read'

/** Everybody whose role supervises, each with the role. */
async function listSupervisors() {
  const roles = (await call(api.GET('/api/v2/roles'))).items.filter((role) =>
    role.permissions.includes(SUPERVISING),
  )
  const lists = roles.map(async (role) => {
    const users = await everyPage((query) =>
      call(api.GET('/api/v2/users', { params: { query: { ...query, role: role.slug } } })),
    )
    return users.map((user) => ({ user, role }))
  })
  return (await Promise.all(lists)).flat()
}

const LOADERS = {
  agents: () => everyPage((query) => call(api.GET('/api/v2/agents', { params: { query } }))),
  supervisors: listSupervisors,
  playlists: () => everyPage((query) => call(api.GET('/api/v2/moh-playlists', { params: { query } }))),
  routes: () => everyPage((query) => call(api.GET('/api/v2/outbound-routes', { params: { query } }))),
  ivrs: () => everyPage((query) => call(api.GET('/api/v2/ivrs', { params: { query } }))),
  bases: listBases,
  forms: () => everyPage((query) => call(api.GET('/api/v2/forms', { params: { query } }))),
  names: () => everyPage((query) => call(api.GET('/api/v2/disposition-names', { params: { query } }))),
  sites: () => everyPage((query) => call(api.GET('/api/v2/external-sites', { params: { query } }))),
  systems: () => everyPage((query) => call(api.GET('/api/v2/external-systems', { params: { query } }))),
}

type Lists = { [K in keyof typeof LOADERS]: Loaded<Awaited<ReturnType<(typeof LOADERS)[K]>>> }

export interface Choices {
  /** The list, asked for when it is used first. */
  list: <K extends keyof Lists>(name: K) => Lists[K]
  /** The contact base that is chosen, and its columns; empty while it is loaded and without one. */
  base: ComputedRef<ContactBase | undefined>
  columns: ComputedRef<Column[]>
}

const KEY: InjectionKey<Choices> = Symbol('choices of the campaign form')

export function provideChoices(form: CampaignForm): Choices {
  const known: Partial<Record<keyof Lists, Loaded<unknown>>> = {}
  function list<K extends keyof Lists>(name: K): Lists[K] {
    known[name] ??= useLoaded<unknown>(LOADERS[name])
    return known[name] as Lists[K]
  }
  const base = computed(() => {
    const id = form.values.contact_base_id
    return id === null ? undefined : list('bases').data?.find((candidate) => candidate.id === id)
  })
  const choices = { list, base, columns: computed(() => base.value?.columns ?? []) }
  provide(KEY, choices)
  return choices
}

export function useChoices(): Choices {
  const choices = inject(KEY)
  if (!choices) throw new Error('a part of the campaign form outside of it')
  return choices
}
