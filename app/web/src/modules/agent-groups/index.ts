import { Boxes } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'agent-groups',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/agent-groups',
      name: 'agent-groups',
      meta: { permission: 'agent-groups.read', title: 'agent-groups.title' },
      component: () => import('./views/GroupListView.vue'),
    },
    {
      path: '/agent-groups/new',
      name: 'agent-group-new',
      meta: { permission: 'agent-groups.write', title: 'agent-groups.new' },
      component: () => import('./views/GroupCreateView.vue'),
    },
    {
      path: '/agent-groups/:id(\\d+)',
      name: 'agent-group',
      meta: { permission: 'agent-groups.write', title: 'agent-groups.edit' },
      component: () => import('./views/GroupEditView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'agent-groups',
      label: 'agent-groups.title',
      icon: Boxes,
      group: 'people',
      permission: 'agent-groups.read',
      order: 2,
    },
  ],
})
