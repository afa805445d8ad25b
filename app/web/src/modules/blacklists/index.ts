import { PhoneOff } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'blacklists',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/blacklists',
      name: 'blacklists',
      meta: { permission: 'blacklists.read', title: 'blacklists.title' },
      component: () => import('./views/BlacklistListView.vue'),
    },
    {
      path: '/blacklists/:id(\\d+)',
      name: 'blacklist',
      meta: { permission: 'blacklists.read', title: 'blacklists.one' },
      component: () => import('./views/BlacklistView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
    {
      path: '/blacklists/:id(\\d+)/import',
      name: 'blacklist-import',
      meta: { permission: 'blacklists.write', title: 'blacklists.import.title' },
      component: () => import('./views/BlacklistImportView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'blacklists',
      label: 'blacklists.title',
      icon: PhoneOff,
      group: 'campaigns',
      permission: 'blacklists.read',
      order: 6,
    },
  ],
})
