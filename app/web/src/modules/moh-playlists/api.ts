import { api, call, type Body, type Item } from '@/api'
import type { ListQuery } from '@/kit'

export type Playlist = Item<'/api/v2/moh-playlists'>
export type PlaylistBody = Body<'/api/v2/moh-playlists', 'post'>

const at = (playlist_id: number) => ({ params: { path: { playlist_id } } })

export const mohPlaylists = {
  list: (query: ListQuery) => call(api.GET('/api/v2/moh-playlists', { params: { query } })),
  get: (id: number) => call(api.GET('/api/v2/moh-playlists/{playlist_id}', at(id))),
  create: (body: PlaylistBody) => call(api.POST('/api/v2/moh-playlists', { body })),
  change: (id: number, body: PlaylistBody) =>
    call(api.PATCH('/api/v2/moh-playlists/{playlist_id}', { ...at(id), body })),
  remove: (id: number) => call(api.DELETE('/api/v2/moh-playlists/{playlist_id}', at(id))),
}
