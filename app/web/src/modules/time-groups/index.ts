import { CalendarClock } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'time-groups',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/time-groups',
      name: 'time-groups',
      meta: { permission: 'routes.read', title: 'time-groups.title' },
      component: () => import('./views/TimeGroupListView.vue'),
    },
    {
      path: '/time-groups/new',
      name: 'time-group-new',
      meta: { permission: 'routes.write', title: 'time-groups.new' },
      component: () => import('./views/TimeGroupView.vue'),
      props: { id: null },
    },
    {
      path: '/time-groups/:id(\\d+)',
      name: 'time-group',
      meta: { permission: 'routes.read', title: 'time-groups.edit' },
      component: () => import('./views/TimeGroupView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'time-groups',
      label: 'time-groups.title',
      icon: CalendarClock,
      group: 'telephony',
      permission: 'routes.read',
      order: 4,
    },
  ],
})
