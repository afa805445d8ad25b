import { ListTree } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'ivrs',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/ivrs',
      name: 'ivrs',
      meta: { permission: 'routes.read', title: 'ivrs.title' },
      component: () => import('./views/IvrListView.vue'),
    },
    {
      path: '/ivrs/new',
      name: 'ivr-new',
      meta: { permission: 'routes.write', title: 'ivrs.new' },
      component: () => import('./views/IvrView.vue'),
      props: { id: null },
    },
    {
      path: '/ivrs/:id(\\d+)',
      name: 'ivr',
      meta: { permission: 'routes.read', title: 'ivrs.edit' },
      component: () => import('./views/IvrView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'ivrs',
      label: 'ivrs.title',
      icon: ListTree,
      group: 'telephony',
      permission: 'routes.read',
      order: 5,
    },
  ],
})
