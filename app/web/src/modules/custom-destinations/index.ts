import { Braces } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'custom-destinations',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/custom-destinations',
      name: 'custom-destinations',
      meta: { permission: 'custom-destinations.read', title: 'custom-destinations.title' },
      component: () => import('./views/CustomDestinationListView.vue'),
    },
    {
      path: '/custom-destinations/new',
      name: 'custom-destination-new',
      meta: { permission: 'custom-destinations.write', title: 'custom-destinations.new' },
      component: () => import('./views/CustomDestinationView.vue'),
      props: { id: null },
    },
    {
      path: '/custom-destinations/:id(\\d+)',
      name: 'custom-destination',
      meta: { permission: 'custom-destinations.read', title: 'custom-destinations.edit' },
      component: () => import('./views/CustomDestinationView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
    {
      path: '/custom-dialplan',
      name: 'custom-dialplan',
      meta: { permission: 'custom-destinations.read', title: 'custom-destinations.dialplan.title' },
      component: () => import('./views/DialplanView.vue'),
    },
  ],
  navigation: [
    {
      route: 'custom-destinations',
      label: 'custom-destinations.title',
      icon: Braces,
      group: 'telephony',
      permission: 'custom-destinations.read',
      order: 7,
    },
  ],
})
