import { SlidersHorizontal } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'telephony-settings',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/telephony-settings',
      name: 'telephony-settings',
      meta: { permission: 'telephony-settings.read', title: 'telephony-settings.title' },
      component: () => import('./views/SettingsView.vue'),
    },
  ],
  navigation: [
    {
      route: 'telephony-settings',
      label: 'telephony-settings.title',
      icon: SlidersHorizontal,
      group: 'telephony',
      permission: 'telephony-settings.read',
      order: 13,
    },
  ],
})
