import { api, call, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type VoicemailBox = Item<'/api/v2/voicemail-boxes'>
export type VoicemailBoxBody = Body<'/api/v2/voicemail-boxes', 'post'>

const at = (box_id: number) => ({ params: { path: { box_id } } })

export const voicemailBoxes = {
  list: (query: ListQuery) => call(api.GET('/api/v2/voicemail-boxes', { params: { query } })),
  get: (id: number) => call(api.GET('/api/v2/voicemail-boxes/{box_id}', at(id))),
  create: (body: VoicemailBoxBody) => call(api.POST('/api/v2/voicemail-boxes', { body })),
  change: (id: number, body: VoicemailBoxBody) =>
    call(api.PATCH('/api/v2/voicemail-boxes/{box_id}', { ...at(id), body })),
  remove: (id: number) => call(api.DELETE('/api/v2/voicemail-boxes/{box_id}', at(id))),
}
