import { Tags } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'dispositions',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/disposition-names',
      name: 'disposition-names',
      meta: { permission: 'dispositions.read', title: 'dispositions.title' },
      component: () => import('./views/NameListView.vue'),
    },
    {
      path: '/disposition-names/new',
      name: 'disposition-name-new',
      meta: { permission: 'dispositions.write', title: 'dispositions.new' },
      component: () => import('./views/NameView.vue'),
      props: { id: null },
    },
    {
      path: '/disposition-names/:id(\\d+)',
      name: 'disposition-name',
      meta: { permission: 'dispositions.read', title: 'dispositions.edit' },
      component: () => import('./views/NameView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'disposition-names',
      label: 'dispositions.title',
      icon: Tags,
      group: 'campaigns',
      permission: 'dispositions.read',
      order: 6,
    },
  ],
})
