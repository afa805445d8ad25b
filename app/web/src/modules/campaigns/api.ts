/** Requests about inbound campaigns and everything their form lets one choose from. */
import { api, call, everyPage, type Item } from '@/api'
import type { components } from '@/api/schema'
import type { ListQuery } from '@/kit'

/** A campaign as lists show it. */
export type CampaignRow = Item<'/api/v2/campaigns'>
export type Campaign = components['schemas']['InboundCampaignOut']
export type CampaignState = Campaign['state']
export type CampaignBody = Omit<components['schemas']['InboundCampaign'], 'kind'>
export type Strategy = Campaign['strategy']
export type DispositionKind = Campaign['dispositions'][number]['kind']
export type Agent = Item<'/api/v2/agents'>
export type Supervisor = Item<'/api/v2/users'>

const at = (campaign_id: number) => ({ params: { path: { campaign_id } } })

export const listCampaigns = (query: ListQuery & { state?: CampaignState }) =>
  call(api.GET('/api/v2/campaigns', { params: { query: { ...query, kind: ['inbound'] } } }))
/** The campaign; an `Error` for one of another kind, which this form does not know. */
export async function getCampaign(id: number): Promise<Campaign> {
  const campaign = await call(api.GET('/api/v2/campaigns/{campaign_id}', at(id)))
  if (campaign.kind !== 'inbound') throw new Error('not an inbound campaign')
  return campaign
}
export const createCampaign = (body: CampaignBody) =>
  call(api.POST('/api/v2/campaigns', { body: { kind: 'inbound', ...body } }))
export const changeCampaign = (id: number, body: CampaignBody) =>
  call(api.PATCH('/api/v2/campaigns/{campaign_id}', { ...at(id), body }))
export const deleteCampaign = (id: number) => call(api.DELETE('/api/v2/campaigns/{campaign_id}', at(id)))
export const activateCampaign = (id: number) =>
  call(api.POST('/api/v2/campaigns/{campaign_id}/activate', at(id)))
export const pauseCampaign = (id: number) => call(api.POST('/api/v2/campaigns/{campaign_id}/pause', at(id)))
export const finishCampaign = (id: number) => call(api.POST('/api/v2/campaigns/{campaign_id}/finish', at(id)))

export const listAgents = () => everyPage((query) => call(api.GET('/api/v2/agents', { params: { query } })))
export const listPlaylists = () =>
  everyPage((query) => call(api.GET('/api/v2/moh-playlists', { params: { query } })))
export const listAllCampaigns = () => everyPage((query) => listCampaigns(query))
export const listRoutes = () =>
  everyPage((query) => call(api.GET('/api/v2/inbound-routes', { params: { query } })))

/** Roles whose people can be made supervisors of a campaign. */
const SUPERVISING = 'supervision.read'

/** Everybody whose role supervises, by role. */
export async function listSupervisors(): Promise<Supervisor[]> {
  const roles = (await call(api.GET('/api/v2/roles'))).items.filter((role) =>
    role.permissions.includes(SUPERVISING),
  )
  const lists = roles.map((role) =>
    everyPage((query) =>
      call(api.GET('/api/v2/users', { params: { query: { ...query, role: role.slug } } })),
    ),
  )
  return (await Promise.all(lists)).flat()
}
