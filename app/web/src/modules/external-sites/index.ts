import { Globe } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'external-sites',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/external-sites',
      name: 'external-sites',
      meta: { permission: 'external-sites.read', title: 'external-sites.title' },
      component: () => import('./views/SiteListView.vue'),
    },
    {
      path: '/external-sites/new',
      name: 'external-site-new',
      meta: { permission: 'external-sites.write', title: 'external-sites.new' },
      component: () => import('./views/SiteView.vue'),
      props: { id: null },
    },
    {
      path: '/external-sites/:id(\\d+)',
      name: 'external-site',
      meta: { permission: 'external-sites.read', title: 'external-sites.edit' },
      component: () => import('./views/SiteView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
    {
      path: '/external-site-authentications',
      name: 'external-site-authentications',
      meta: { permission: 'external-sites.read', title: 'external-sites.login.title' },
      component: () => import('./views/LoginListView.vue'),
    },
    {
      path: '/external-site-authentications/new',
      name: 'external-site-authentication-new',
      meta: { permission: 'external-sites.write', title: 'external-sites.login.new' },
      component: () => import('./views/LoginView.vue'),
      props: { id: null },
    },
    {
      path: '/external-site-authentications/:id(\\d+)',
      name: 'external-site-authentication',
      meta: { permission: 'external-sites.read', title: 'external-sites.login.edit' },
      component: () => import('./views/LoginView.vue'),
      props: (route) => ({ id: Number(route.params.id) }),
    },
  ],
  navigation: [
    {
      route: 'external-sites',
      label: 'external-sites.title',
      icon: Globe,
      group: 'campaigns',
      permission: 'external-sites.read',
      order: 7,
    },
  ],
})
