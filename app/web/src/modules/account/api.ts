import { api, call, type Answer, type Body } from '@/api'

export type Token = Answer<'/api/v2/tokens', 'get'>['items'][number]
export type CreatedToken = Answer<'/api/v2/tokens', 'post'>

export const listTokens = async () => (await call(api.GET('/api/v2/tokens'))).items
export const createToken = (body: Body<'/api/v2/tokens', 'post'>) =>
  call(api.POST('/api/v2/tokens', { body }))
export const revokeToken = (token_id: number) =>
  call(api.DELETE('/api/v2/tokens/{token_id}', { params: { path: { token_id } } }))
