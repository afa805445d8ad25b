import { AudioLines } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'audio',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/audio-files',
      name: 'audio-files',
      meta: { permission: 'audio.read', title: 'audio.title' },
      component: () => import('./views/AudioListView.vue'),
    },
  ],
  navigation: [
    {
      route: 'audio-files',
      label: 'audio.title',
      icon: AudioLines,
      group: 'telephony',
      permission: 'audio.read',
      order: 11,
    },
  ],
})
