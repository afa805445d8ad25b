import { Workflow } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'call-flow',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/call-flow',
      name: 'call-flow',
      meta: { permission: 'routes.read', title: 'call-flow.title', wide: true },
      component: () => import('./views/CallFlowView.vue'),
    },
  ],
  navigation: [
    {
      route: 'call-flow',
      label: 'call-flow.title',
      icon: Workflow,
      group: 'telephony',
      permission: 'routes.read',
      order: 1,
    },
  ],
})
