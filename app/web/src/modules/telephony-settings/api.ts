import { api, call, type Answer, type Body } from '@/api'

export type AmdAnswer = Answer<'/api/v2/amd-settings', 'get'>
export type AmdSettings = Omit<AmdAnswer, 'sync'>
export type NameScheme = Answer<'/api/v2/recording-name-scheme', 'get'>

export const getAmd = () => call(api.GET('/api/v2/amd-settings'))
export const saveAmd = (body: AmdSettings) => call(api.PUT('/api/v2/amd-settings', { body }))
export const getScheme = () => call(api.GET('/api/v2/recording-name-scheme'))
export const saveScheme = (body: Body<'/api/v2/recording-name-scheme', 'put'>) =>
  call(api.PUT('/api/v2/recording-name-scheme', { body }))
