import { Megaphone } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'campaigns',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/inbound-campaigns',
      name: 'inbound-campaigns',
      meta: { permission: 'campaigns.read', title: 'campaigns.title' },
      component: () => import('./views/CampaignListView.vue'),
    },
    {
      path: '/inbound-campaigns/new',
      name: 'inbound-campaign-new',
      meta: { permission: 'campaigns.write', title: 'campaigns.new' },
      component: () => import('./views/CampaignCreateView.vue'),
    },
    {
      path: '/inbound-campaigns/:id(\\d+)',
      name: 'inbound-campaign',
      meta: { permission: 'campaigns.read', title: 'campaigns.edit' },
      component: () => import('./views/CampaignEditView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'inbound-campaigns',
      label: 'campaigns.title',
      icon: Megaphone,
      group: 'campaigns',
      permission: 'campaigns.read',
      order: 1,
    },
  ],
})
