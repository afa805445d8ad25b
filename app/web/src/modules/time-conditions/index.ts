import { Clock } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'time-conditions',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/time-conditions',
      name: 'time-conditions',
      meta: { permission: 'routes.read', title: 'time-conditions.title' },
      component: () => import('./views/TimeConditionListView.vue'),
    },
    {
      path: '/time-conditions/new',
      name: 'time-condition-new',
      meta: { permission: 'routes.write', title: 'time-conditions.new' },
      component: () => import('./views/TimeConditionView.vue'),
      props: { id: null },
    },
    {
      path: '/time-conditions/:id(\\d+)',
      name: 'time-condition',
      meta: { permission: 'routes.read', title: 'time-conditions.edit' },
      component: () => import('./views/TimeConditionView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'time-conditions',
      label: 'time-conditions.title',
      icon: Clock,
      group: 'telephony',
      permission: 'routes.read',
      order: 3,
    },
  ],
})
