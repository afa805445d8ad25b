import { Megaphone } from '@lucide/vue'
import type { LocationQueryValue } from 'vue-router'

import { defineModule } from '@/app/module'

type Query = LocationQueryValue | LocationQueryValue[] | undefined

const idOf = (value: Query): number | undefined =>
  typeof value === 'string' ? Number(value) || undefined : undefined

export default defineModule({
  id: 'campaigns',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/campaigns',
      name: 'campaigns',
      meta: { permission: 'campaigns.read', title: 'campaigns.title' },
      component: () => import('./views/CampaignListView.vue'),
    },
    {
      path: '/campaigns/new',
      name: 'campaign-new-kind',
      meta: { permission: 'campaigns.write', title: 'campaigns.new' },
      component: () => import('./views/CampaignKindView.vue'),
    },
    {
      path: '/campaigns/new/:kind(manual|preview|dialer|inbound)',
      name: 'campaign-new',
      meta: { permission: 'campaigns.write', title: 'campaigns.new' },
      component: () => import('./views/CampaignCreateView.vue'),
      props: ({ params, query }) => ({
        kind: params.kind,
        template: idOf(query.template),
        clone: idOf(query.clone),
      }),
    },
    {
      path: '/campaigns/drafts/:id(\\d+)',
      name: 'campaign-draft',
      meta: { permission: 'campaigns.write', title: 'campaigns.new' },
      component: () => import('./views/CampaignCreateView.vue'),
      props: (route) => ({ kind: null, draft: Number(route.params.id) }),
    },
    {
      path: '/campaigns/templates',
      name: 'campaign-templates',
      meta: { permission: 'campaigns.read', title: 'campaigns.templates.title' },
      component: () => import('./views/TemplateListView.vue'),
    },
    {
      path: '/campaigns/:id(\\d+)',
      name: 'campaign',
      meta: { permission: 'campaigns.read', title: 'campaigns.edit' },
      component: () => import('./views/CampaignEditView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
    {
      path: '/campaigns/:id(\\d+)/leads',
      name: 'campaign-leads',
      meta: { permission: 'campaigns.read', title: 'campaigns.leads.title' },
      component: () => import('./views/LeadListView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
    // Where destinations of calls lead, and what was bookmarked before there were other kinds.
    {
      path: '/inbound-campaigns',
      name: 'inbound-campaigns',
      meta: { permission: 'campaigns.read' },
      redirect: { name: 'campaigns', query: { kind: 'inbound' } },
    },
    {
      path: '/inbound-campaigns/new',
      name: 'inbound-campaign-new',
      meta: { permission: 'campaigns.write' },
      redirect: { name: 'campaign-new', params: { kind: 'inbound' } },
    },
    {
      path: '/inbound-campaigns/:id(\\d+)',
      name: 'inbound-campaign',
      meta: { permission: 'campaigns.read' },
      redirect: ({ params }) => ({ name: 'campaign', params }),
    },
  ],
  navigation: [
    {
      route: 'campaigns',
      label: 'campaigns.title',
      icon: Megaphone,
      group: 'campaigns',
      permission: 'campaigns.read',
      order: 1,
    },
  ],
})
