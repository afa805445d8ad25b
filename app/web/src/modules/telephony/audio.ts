/** Audio files as choices of a form. */
import { api, call, everyPage, type Item } from '@/api'
import { useLoaded, type Loaded } from '@/kit'

export type AudioFile = Item<'/api/v2/audio-files'>

export const audioUrl = (id: number) => `/api/v2/audio-files/${id}/content`

/** Loaded once for all audio fields of a form, so that a file uploaded in one is a choice in the others. */
export function useAudioFiles(): Loaded<AudioFile[]> {
  return useLoaded(() => everyPage((query) => call(api.GET('/api/v2/audio-files', { params: { query } }))))
}
