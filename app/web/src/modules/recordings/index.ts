import { AudioLines, History } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'recordings',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/recordings',
      name: 'recordings',
      meta: { permission: 'recordings.read', title: 'recordings.title', wide: true },
      component: () => import('./views/RecordingsView.vue'),
    },
    {
      path: '/calls',
      name: 'calls',
      meta: { permission: 'calls.read', title: 'recordings.calls.title', wide: true },
      component: () => import('./views/CallsView.vue'),
    },
  ],
  navigation: [
    {
      route: 'calls',
      label: 'recordings.calls.title',
      icon: History,
      group: 'history',
      permission: 'calls.read',
      order: 0,
    },
    {
      route: 'recordings',
      label: 'recordings.title',
      icon: AudioLines,
      group: 'history',
      permission: 'recordings.read',
      order: 1,
    },
  ],
})
