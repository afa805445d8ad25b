/** Requests about campaigns of all kinds. What their form lets one choose from is in `choices.ts`. */
import { api, call, type Item } from '@/api'
import type { components } from '@/api/schema'
import type { ListQuery } from '@/kit'

type Schemas = components['schemas']

/** A campaign as lists show it. */
export type CampaignRow = Item<'/api/v2/campaigns'>
export type ManualCampaign = Schemas['ManualCampaignOut']
export type PreviewCampaign = Schemas['PreviewCampaignOut']
export type DialerCampaign = Schemas['DialerCampaignOut']
export type InboundCampaign = Schemas['InboundCampaignOut']
export type Campaign = ManualCampaign | PreviewCampaign | DialerCampaign | InboundCampaign
export type CampaignBody =
  | Schemas['ManualCampaign']
  | Schemas['PreviewCampaign']
  | Schemas['DialerCampaign']
  | Schemas['InboundCampaign']
export type CampaignKind = Campaign['kind']
export type CampaignState = Campaign['state']
export type Strategy = InboundCampaign['strategy']
export type HoldTimeAnnouncement = InboundCampaign['announce_hold_time']
export type DispositionKind = Campaign['dispositions'][number]['kind']
export type Interaction = Campaign['interaction']
export type FieldRule = Schemas['FieldRule']
export type Distribution = NonNullable<Schemas['PreviewCampaign']['distribution']>
export type ParameterKind = Schemas['SiteParameter']['kind']
export type IncidenceOutcome = NonNullable<DialerCampaign['incidence_rules'][number]['outcome']>
export type IncidenceMode = DialerCampaign['incidence_rules'][number]['mode']

const at = (campaign_id: number) => ({ params: { path: { campaign_id } } })

export interface CampaignFilters {
  kind?: CampaignKind[]
  state?: CampaignState
  hidden?: boolean
}

export const listCampaigns = (query: ListQuery & CampaignFilters) =>
  call(api.GET('/api/v2/campaigns', { params: { query } }))
export const getCampaign = (id: number): Promise<Campaign> =>
  call(api.GET('/api/v2/campaigns/{campaign_id}', at(id)))
export const createCampaign = (body: CampaignBody) => call(api.POST('/api/v2/campaigns', { body }))
export const changeCampaign = (id: number, body: Schemas['CampaignPatch']) =>
  call(api.PATCH('/api/v2/campaigns/{campaign_id}', { ...at(id), body }))
export const deleteCampaign = (id: number) => call(api.DELETE('/api/v2/campaigns/{campaign_id}', at(id)))

const MOVES = {
  activate: (id: number) => call(api.POST('/api/v2/campaigns/{campaign_id}/activate', at(id))),
  pause: (id: number) => call(api.POST('/api/v2/campaigns/{campaign_id}/pause', at(id))),
  finish: (id: number) => call(api.POST('/api/v2/campaigns/{campaign_id}/finish', at(id))),
  hide: (id: number) => call(api.POST('/api/v2/campaigns/{campaign_id}/hide', at(id))),
  show: (id: number) => call(api.POST('/api/v2/campaigns/{campaign_id}/show', at(id))),
}
export type Move = keyof typeof MOVES
export const moveCampaign = (id: number, move: Move): Promise<Campaign> => MOVES[move](id)

/** The request that would make the same campaign once more, under a name that is free. */
export const cloneOf = (id: number): Promise<CampaignBody> =>
  call(api.GET('/api/v2/campaigns/{campaign_id}/clone', at(id)))
