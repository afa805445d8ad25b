import { PhoneOutgoing } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'outbound-routes',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/outbound-routes',
      name: 'outbound-routes',
      meta: { permission: 'routes.read', title: 'outbound-routes.title' },
      component: () => import('./views/OutboundRouteListView.vue'),
    },
    {
      path: '/outbound-routes/new',
      name: 'outbound-route-new',
      meta: { permission: 'routes.write', title: 'outbound-routes.new' },
      component: () => import('./views/OutboundRouteView.vue'),
      props: { id: null },
    },
    {
      path: '/outbound-routes/:id(\\d+)',
      name: 'outbound-route',
      meta: { permission: 'routes.read', title: 'outbound-routes.edit' },
      component: () => import('./views/OutboundRouteView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'outbound-routes',
      label: 'outbound-routes.title',
      icon: PhoneOutgoing,
      group: 'telephony',
      permission: 'routes.read',
      order: 9,
    },
  ],
})
