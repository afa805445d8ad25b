import { Timer } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'pause-sets',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/pause-sets',
      name: 'pause-sets',
      meta: { permission: 'pauses.read', title: 'pause-sets.title' },
      component: () => import('./views/SetListView.vue'),
    },
    {
      path: '/pause-sets/new',
      name: 'pause-set-new',
      meta: { permission: 'pauses.write', title: 'pause-sets.new' },
      component: () => import('./views/SetView.vue'),
    },
    {
      path: '/pause-sets/:id(\\d+)',
      name: 'pause-set',
      meta: { permission: 'pauses.write', title: 'pause-sets.edit' },
      component: () => import('./views/SetView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'pause-sets',
      label: 'pause-sets.title',
      icon: Timer,
      group: 'people',
      permission: 'pauses.read',
      order: 4,
    },
  ],
})
