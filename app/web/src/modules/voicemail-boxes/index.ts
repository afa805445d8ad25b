import { Voicemail } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'voicemail-boxes',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/voicemail-boxes',
      name: 'voicemail-boxes',
      meta: { permission: 'routes.read', title: 'voicemail-boxes.title' },
      component: () => import('./views/VoicemailListView.vue'),
    },
    {
      path: '/voicemail-boxes/new',
      name: 'voicemail-box-new',
      meta: { permission: 'routes.write', title: 'voicemail-boxes.new' },
      component: () => import('./views/VoicemailView.vue'),
      props: { id: null },
    },
    {
      path: '/voicemail-boxes/:id(\\d+)',
      name: 'voicemail-box',
      meta: { permission: 'routes.read', title: 'voicemail-boxes.edit' },
      component: () => import('./views/VoicemailView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'voicemail-boxes',
      label: 'voicemail-boxes.title',
      icon: Voicemail,
      group: 'telephony',
      permission: 'routes.read',
      order: 8,
    },
  ],
})
