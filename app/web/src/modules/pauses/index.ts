import { Coffee } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'pauses',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/pauses',
      name: 'pauses',
      meta: { permission: 'pauses.read', title: 'pauses.title' },
      component: () => import('./views/PauseListView.vue'),
    },
  ],
  navigation: [
    {
      route: 'pauses',
      label: 'pauses.title',
      icon: Coffee,
      group: 'people',
      permission: 'pauses.read',
      order: 3,
    },
  ],
})
