import { ClipboardList } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'forms',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/forms',
      name: 'forms',
      meta: { permission: 'forms.read', title: 'forms.title' },
      component: () => import('./views/FormListView.vue'),
    },
    {
      path: '/forms/new',
      name: 'form-new',
      meta: { permission: 'forms.write', title: 'forms.new' },
      component: () => import('./views/FormNewView.vue'),
      props: (route) => ({ from: Number(route.query.from) || null }),
    },
    {
      path: '/forms/:id(\\d+)',
      name: 'form',
      meta: { permission: 'forms.read', title: 'forms.edit' },
      component: () => import('./views/FormView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'forms',
      label: 'forms.title',
      icon: ClipboardList,
      group: 'campaigns',
      permission: 'forms.read',
      order: 5,
    },
  ],
})
