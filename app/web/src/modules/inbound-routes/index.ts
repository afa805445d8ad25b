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
    {
      path: '/inbound-routes/new',
      name: 'inbound-route-new',
      meta: { permission: 'routes.write', title: 'inbound-routes.new' },
      component: () => import('./views/RouteView.vue'),
      props: { id: null },
    },
    {
      path: '/inbound-routes/:id(\\d+)',
      name: 'inbound-route',
      meta: { permission: 'routes.read', title: 'inbound-routes.edit' },
      component: () => import('./views/RouteView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
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
