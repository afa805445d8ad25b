import { Network } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'external-systems',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/external-systems',
      name: 'external-systems',
      meta: { permission: 'external-systems.read', title: 'external-systems.title' },
      component: () => import('./views/SystemListView.vue'),
    },
    {
      path: '/external-systems/new',
      name: 'external-system-new',
      meta: { permission: 'external-systems.write', title: 'external-systems.new' },
      component: () => import('./views/SystemView.vue'),
      props: { id: null },
    },
    {
      path: '/external-systems/:id(\\d+)',
      name: 'external-system',
      meta: { permission: 'external-systems.read', title: 'external-systems.edit' },
      component: () => import('./views/SystemView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'external-systems',
      label: 'external-systems.title',
      icon: Network,
      group: 'campaigns',
      permission: 'external-systems.read',
      order: 8,
    },
  ],
})
