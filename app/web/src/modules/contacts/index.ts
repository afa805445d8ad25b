import { Contact } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'contacts',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/contact-bases',
      name: 'contact-bases',
      meta: { permission: 'contacts.read', title: 'contacts.title' },
      component: () => import('./views/BaseListView.vue'),
    },
    {
      path: '/contact-bases/new',
      name: 'contact-base-new',
      meta: { permission: 'contacts.write', title: 'contacts.define' },
      component: () => import('./views/BaseCreateView.vue'),
    },
    {
      path: '/contact-bases/import',
      name: 'contact-import-new',
      meta: { permission: 'contacts.write', title: 'contacts.import.title' },
      component: () => import('./views/ImportView.vue'),
      props: (route) => ({ baseId: Number(route.query.base) || null }),
    },
    {
      path: '/contact-bases/imports',
      name: 'contact-imports',
      meta: { permission: 'contacts.read', title: 'contacts.imports.title' },
      component: () => import('./views/ImportListView.vue'),
    },
    {
      path: '/contact-bases/:id(\\d+)',
      name: 'contact-base',
      meta: { permission: 'contacts.read', title: 'contacts.base' },
      component: () => import('./views/BaseView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'contact-bases',
      label: 'contacts.title',
      icon: Contact,
      group: 'campaigns',
      permission: 'contacts.read',
      order: 5,
    },
  ],
})
