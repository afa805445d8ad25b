import { Cable } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'trunks',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/sip-trunks',
      name: 'trunks',
      meta: { permission: 'trunks.read', title: 'trunks.title' },
      component: () => import('./views/TrunkListView.vue'),
    },
    {
      path: '/sip-trunks/new',
      name: 'trunk-new',
      meta: { permission: 'trunks.write', title: 'trunks.new' },
      component: () => import('./views/TrunkView.vue'),
      props: { id: null },
    },
    {
      path: '/sip-trunks/:id(\\d+)',
      name: 'trunk',
      meta: { permission: 'trunks.read', title: 'trunks.edit' },
      component: () => import('./views/TrunkView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'trunks',
      label: 'trunks.title',
      icon: Cable,
      group: 'telephony',
      permission: 'trunks.read',
      order: 10,
    },
  ],
})
