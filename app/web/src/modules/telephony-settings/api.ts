import { api, call, type Answer, type Body } from '@/api'

export type AmdSettings = Required<Answer<'/api/v2/amd-settings', 'get'>>
export type NameScheme = Answer<'/api/v2/recording-name-scheme', 'get'>

export const getAmd = async (): Promise<AmdSettings> =>
  (await call(api.GET('/api/v2/amd-settings'))) as AmdSettings
export const saveAmd = (body: Body<'/api/v2/amd-settings', 'put'>) =>
  call(api.PUT('/api/v2/amd-settings', { body }))
export const getScheme = () => call(api.GET('/api/v2/recording-name-scheme'))
export const saveScheme = (body: Body<'/api/v2/recording-name-scheme', 'put'>) =>
  call(api.PUT('/api/v2/recording-name-scheme', { body }))
