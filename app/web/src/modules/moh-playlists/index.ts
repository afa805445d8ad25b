import { ListMusic } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'moh-playlists',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/moh-playlists',
      name: 'moh-playlists',
      meta: { permission: 'audio.read', title: 'moh-playlists.title' },
      component: () => import('./views/PlaylistListView.vue'),
    },
    {
      path: '/moh-playlists/new',
      name: 'moh-playlist-new',
      meta: { permission: 'audio.write', title: 'moh-playlists.new' },
      component: () => import('./views/PlaylistView.vue'),
      props: { id: null },
    },
    {
      path: '/moh-playlists/:id(\\d+)',
      name: 'moh-playlist',
      meta: { permission: 'audio.read', title: 'moh-playlists.edit' },
      component: () => import('./views/PlaylistView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'moh-playlists',
      label: 'moh-playlists.title',
      icon: ListMusic,
      group: 'telephony',
      permission: 'audio.read',
      order: 12,
    },
  ],
})
