/** Requests that are kept: drafts of one's own, and templates for everybody. */
import { api, call, type Answer, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

import type { CampaignKind } from './api'

export type DraftRow = Answer<'/api/v2/campaign-drafts', 'get'>[number]
export type Draft = Answer<'/api/v2/campaign-drafts/{draft_id}', 'get'>
export type DraftSave = Body<'/api/v2/campaign-drafts', 'post'>
export type Template = Item<'/api/v2/campaign-templates'>

const atDraft = (draft_id: number) => ({ params: { path: { draft_id } } })
const atTemplate = (template_id: number) => ({ params: { path: { template_id } } })

export const listDrafts = () => call(api.GET('/api/v2/campaign-drafts'))
export const getDraft = (id: number) => call(api.GET('/api/v2/campaign-drafts/{draft_id}', atDraft(id)))
export const createDraft = (body: DraftSave) => call(api.POST('/api/v2/campaign-drafts', { body }))
export const saveDraft = (id: number, body: DraftSave) =>
  call(api.PUT('/api/v2/campaign-drafts/{draft_id}', { ...atDraft(id), body }))
export const deleteDraft = (id: number) => call(api.DELETE('/api/v2/campaign-drafts/{draft_id}', atDraft(id)))

export const listTemplates = (query: ListQuery & { kind?: CampaignKind }) =>
  call(api.GET('/api/v2/campaign-templates', { params: { query } }))
export const getTemplate = (id: number) =>
  call(api.GET('/api/v2/campaign-templates/{template_id}', atTemplate(id)))
export const createTemplate = (name: string, campaign_id: number) =>
  call(api.POST('/api/v2/campaign-templates', { body: { name, campaign_id } }))
export const deleteTemplate = (id: number) =>
  call(api.DELETE('/api/v2/campaign-templates/{template_id}', atTemplate(id)))
