import { ShieldCheck } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'roles',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/roles',
      name: 'roles',
      meta: { permission: 'roles.read', title: 'roles.title' },
      component: () => import('./views/RoleListView.vue'),
    },
    {
      path: '/roles/new',
      name: 'role-new',
      meta: { permission: 'roles.write', title: 'roles.new', wide: true },
      component: () => import('./views/RoleView.vue'),
      props: (route) => ({ like: Number(route.query.like) || null }),
    },
    {
      path: '/roles/:id(\\d+)',
      name: 'role',
      meta: { permission: 'roles.read', title: 'roles.edit', wide: true },
      component: () => import('./views/RoleView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'roles',
      label: 'roles.title',
      icon: ShieldCheck,
      group: 'people',
      permission: 'roles.read',
      order: 5,
    },
  ],
})
