import { Activity } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'supervision',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/board',
      name: 'live-board',
      meta: { permission: 'supervision.read', title: 'supervision.title', wide: true },
      component: () => import('./views/BoardView.vue'),
    },
  ],
  navigation: [
    {
      route: 'live-board',
      label: 'supervision.title',
      icon: Activity,
      group: 'live',
      permission: 'supervision.read',
    },
  ],
  home: { to: { name: 'live-board' }, suits: (me) => me.permissions.includes('supervision.read'), rank: 20 },
})
