import { Activity, CalendarClock } from '@lucide/vue'

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
    {
      path: '/callbacks',
      name: 'callbacks',
      meta: { permission: 'supervision.read', title: 'supervision.callbacks.title', wide: true },
      component: () => import('./views/CallbacksView.vue'),
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
    {
      route: 'callbacks',
      label: 'supervision.callbacks.title',
      icon: CalendarClock,
      group: 'live',
      permission: 'supervision.read',
      order: 1,
    },
  ],
  home: { to: { name: 'live-board' }, suits: (me) => me.permissions.includes('supervision.read'), rank: 20 },
})
