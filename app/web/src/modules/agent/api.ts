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
