/** The agent's own part of the API. */
import { api, call, type Answer, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'
import type { SipAccount } from '@/webphone/credentials'

export type ConsoleSession = Answer<'/api/v2/agent/session', 'get'>
export type ConsoleCampaign = ConsoleSession['campaigns'][number]
export type DispositionOption = ConsoleCampaign['dispositions'][number]
export type Pause = ConsoleSession['pauses'][number]
export type OwnCall = Item<'/api/v2/agent/calls'>
export type Disposition = Answer<'/api/v2/calls/{call_id}/disposition', 'get'>
export type Colleague = Answer<'/api/v2/agent/colleagues', 'get'>[number]
export type CallRequest = Body<'/api/v2/agent/calls', 'post'>
export type DispositionAnswer = Body<'/api/v2/calls/{call_id}/disposition', 'put'>
export type CallCard = Answer<'/api/v2/agent/calls/{call_id}/card', 'get'>
export type ContactCard = Answer<'/api/v2/agent/campaigns/{campaign_id}/contacts/{contact_id}', 'get'>
export type CardColumn = CallCard['columns'][number]
export type ScriptPiece = CallCard['script'][number]
export type ContactSlice = Answer<'/api/v2/agent/campaigns/{campaign_id}/contacts', 'get'>
export type HistoryItem = Item<'/api/v2/agent/campaigns/{campaign_id}/contacts/{contact_id}/history'>
export type SiteVisit = Answer<'/api/v2/agent/calls/{call_id}/site-visit', 'post'>
export type Callback = Item<'/api/v2/agent/callbacks'>
export type CallbackKind = Callback['kind']
export type CallbackPut = Body<'/api/v2/agent/callbacks', 'put'>
export type AgentForm = Answer<'/api/v2/agent/forms/{form_id}', 'get'>

export const fetchSession = () => call(api.GET('/api/v2/agent/session'))
export const login = () => call(api.POST('/api/v2/agent/login'))
export const logout = () => call(api.POST('/api/v2/agent/logout'))
export const unpause = () => call(api.POST('/api/v2/agent/unpause'))
export const pause = (pauseId: number) =>
  call(api.POST('/api/v2/agent/pause', { body: { pause_id: pauseId } }))
export const callOut = (body: CallRequest) => call(api.POST('/api/v2/agent/calls', { body }))
export const fetchColleagues = (search: string) =>
  call(api.GET('/api/v2/agent/colleagues', { params: { query: { search } } }))
export const callColleague = (agentId: number) =>
  call(api.POST('/api/v2/agent/calls/colleague', { body: { agent_id: agentId } }))
export const fetchCallsToday = (paging: ListQuery) =>
  call(api.GET('/api/v2/agent/calls', { params: { query: { ...paging, day: 'today' } } }))
export const fetchOwnCall = (callId: string) =>
  call(api.GET('/api/v2/agent/calls/{call_id}', { params: { path: { call_id: callId } } }))

export async function fetchRecordingOf(callId: string): Promise<Item<'/api/v2/recordings'> | null> {
  const query = { call_id: callId, page_size: 1 }
  return (await call(api.GET('/api/v2/recordings', { params: { query } }))).items[0] ?? null
}

export const saveDisposition = (callId: string, body: DispositionAnswer) =>
  call(api.PUT('/api/v2/calls/{call_id}/disposition', { params: { path: { call_id: callId } }, body }))

export const fetchCallbacks = (query: ListQuery) =>
  call(api.GET('/api/v2/agent/callbacks', { params: { query } }))
export const putCallback = (body: CallbackPut) => call(api.PUT('/api/v2/agent/callbacks', { body }))
export const deleteCallback = (callbackId: number) =>
  call(api.DELETE('/api/v2/agent/callbacks/{callback_id}', { params: { path: { callback_id: callbackId } } }))

export const fetchCard = (callId: string, customerId: string) =>
  call(
    api.GET('/api/v2/agent/calls/{call_id}/card', {
      params: { path: { call_id: callId }, query: { customer_id: customerId } },
    }),
  )
export const attachContact = (callId: string, contactId: number) =>
  call(
    api.PUT('/api/v2/agent/calls/{call_id}/contact', {
      params: { path: { call_id: callId } },
      body: { contact_id: contactId },
    }),
  )
export const visitSite = (callId: string, dialplan: Record<string, string>) =>
  call(
    api.POST('/api/v2/agent/calls/{call_id}/site-visit', {
      params: { path: { call_id: callId } },
      body: { dialplan },
    }),
  )
export const searchContacts = (campaignId: number, search: string, cursor: string | null) =>
  call(
    api.GET('/api/v2/agent/campaigns/{campaign_id}/contacts', {
      params: { path: { campaign_id: campaignId }, query: { search, cursor, size: 20 } },
    }),
  )
export const fetchContact = (campaignId: number, contactId: number) =>
  call(
    api.GET('/api/v2/agent/campaigns/{campaign_id}/contacts/{contact_id}', {
      params: { path: { campaign_id: campaignId, contact_id: contactId } },
    }),
  )
export const addContact = (campaignId: number, values: Record<string, string>, callId: string | null) =>
  call(
    api.POST('/api/v2/agent/campaigns/{campaign_id}/contacts', {
      params: { path: { campaign_id: campaignId } },
      body: { values, call_id: callId },
    }),
  )
export const changeContact = (
  campaignId: number,
  contactId: number,
  values: Record<string, string>,
  version: string,
) =>
  call(
    api.PATCH('/api/v2/agent/campaigns/{campaign_id}/contacts/{contact_id}', {
      params: { path: { campaign_id: campaignId, contact_id: contactId } },
      body: { values, version },
    }),
  )
export const fetchHistory = (campaignId: number, contactId: number, page: number) =>
  call(
    api.GET('/api/v2/agent/campaigns/{campaign_id}/contacts/{contact_id}/history', {
      params: { path: { campaign_id: campaignId, contact_id: contactId }, query: { page, page_size: 5 } },
    }),
  )
export const fetchForm = (formId: number) =>
  call(api.GET('/api/v2/agent/forms/{form_id}', { params: { path: { form_id: formId } } }))
export async function fetchFieldOptions(formId: number, position: number): Promise<string[]> {
  const path = { form_id: formId, position }
  return (await call(api.GET('/api/v2/forms/{form_id}/fields/{position}/options', { params: { path } })))
    .options
}

export function sipAccount(sip: ConsoleSession['sip']): SipAccount {
  return {
    uri: sip.uri,
    authorizationUser: sip.authorization_user,
    password: sip.password,
    realm: sip.realm,
    websocketPath: sip.websocket_path,
    expiresAt: Date.parse(sip.expires_at),
  }
}
