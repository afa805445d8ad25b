import { api, call, type Answer, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type AudioFile = Item<'/api/v2/audio-files'>
/** One file asked for alone also says what uses it. */
export type AudioFileDetails = Answer<'/api/v2/audio-files/{audio_id}', 'get'>

const at = (audio_id: number) => ({ params: { path: { audio_id } } })

export const audioFiles = {
  list: (query: ListQuery) => call(api.GET('/api/v2/audio-files', { params: { query } })),
  get: (id: number) => call(api.GET('/api/v2/audio-files/{audio_id}', at(id))),
  rename: (id: number, name: string) =>
    call(api.PATCH('/api/v2/audio-files/{audio_id}', { ...at(id), body: { name } })),
  remove: (id: number) => call(api.DELETE('/api/v2/audio-files/{audio_id}', at(id))),
}

/** The generated type of a file in a multipart body is `string`; the client sends the form as it is. */
export function uploadAudioFile(name: string, file: File): Promise<AudioFile> {
  const form = new FormData()
  form.set('name', name)
  form.set('file', file)
  return call(api.POST('/api/v2/audio-files', { body: form as never }))
}
