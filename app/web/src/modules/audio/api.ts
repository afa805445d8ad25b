import { api, call, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type AudioFile = Item<'/api/v2/audio-files'>

export const listAudioFiles = (query: ListQuery) =>
  call(api.GET('/api/v2/audio-files', { params: { query } }))
export const deleteAudioFile = (audio_id: number) =>
  call(api.DELETE('/api/v2/audio-files/{audio_id}', { params: { path: { audio_id } } }))

/** The generated type of a file in a multipart body is `string`; the client sends the form as it is. */
export function uploadAudioFile(name: string, file: File): Promise<AudioFile> {
  const form = new FormData()
  form.set('name', name)
  form.set('file', file)
  return call(api.POST('/api/v2/audio-files', { body: form as never }))
}

export const contentUrl = (id: number) => `/api/v2/audio-files/${id}/content`
