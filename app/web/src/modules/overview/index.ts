import { House } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'overview',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/overview',
      name: 'overview',
      meta: { permission: 'campaigns.read', title: 'overview.title' },
      component: () => import('./views/OverviewView.vue'),
    },
  ],
  navigation: [
    {
      route: 'overview',
      label: 'overview.title',
      icon: House,
      group: 'live',
      permission: 'campaigns.read',
      order: 0,
    },
  ],
  home: {
    to: { name: 'overview' },
    suits: (me) => me.permissions.includes('trunks.write'),
    rank: 25,
  },
})
