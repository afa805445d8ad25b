import { ScanFace } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'customer-identifications',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/customer-identifications',
      name: 'customer-identifications',
      meta: { permission: 'customer-identifications.read', title: 'customer-identifications.title' },
      component: () => import('./views/IdentificationListView.vue'),
    },
    {
      path: '/customer-identifications/new',
      name: 'customer-identification-new',
      meta: { permission: 'customer-identifications.write', title: 'customer-identifications.new' },
      component: () => import('./views/IdentificationView.vue'),
      props: { id: null },
    },
    {
      path: '/customer-identifications/:id(\\d+)',
      name: 'customer-identification',
      meta: { permission: 'customer-identifications.read', title: 'customer-identifications.edit' },
      component: () => import('./views/IdentificationView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'customer-identifications',
      label: 'customer-identifications.title',
      icon: ScanFace,
      group: 'telephony',
      permission: 'customer-identifications.read',
      order: 6,
    },
  ],
})
