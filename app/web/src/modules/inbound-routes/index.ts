import { PhoneIncoming } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'inbound-routes',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/inbound-routes',
      name: 'inbound-routes',
      meta: { permission: 'routes.read', title: 'inbound-routes.title' },
      component: () => import('./views/RouteListView.vue'),
    },
  ],
  navigation: [
    {
      route: 'inbound-routes',
      label: 'inbound-routes.title',
      icon: PhoneIncoming,
      group: 'telephony',
      permission: 'routes.read',
      order: 2,
    },
  ],
})
