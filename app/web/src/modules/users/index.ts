import { UsersRound } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'users',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/users',
      name: 'users',
      meta: { permission: 'users.read', title: 'users.title' },
      component: () => import('./views/UserListView.vue'),
    },
    {
      path: '/users/new',
      name: 'user-new',
      meta: { permission: 'users.write-agents', title: 'users.new' },
      component: () => import('./views/UserCreateView.vue'),
    },
    {
      path: '/users/import',
      name: 'user-import',
      meta: { permission: 'users.write-agents', title: 'users.import.title' },
      component: () => import('./views/UserImportView.vue'),
    },
    {
      path: '/users/:id(\\d+)',
      name: 'user',
      meta: { permission: 'users.read', title: 'users.edit' },
      component: () => import('./views/UserEditView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'users',
      label: 'users.title',
      icon: UsersRound,
      group: 'people',
      permission: 'users.read',
      order: 1,
    },
  ],
})
