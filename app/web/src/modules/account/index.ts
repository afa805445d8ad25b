import { defineModule } from '@/app/module'

export default defineModule({
  id: 'account',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/account',
      name: 'account',
      meta: { anyone: true, title: 'account.title' },
      component: () => import('./views/AccountView.vue'),
    },
  ],
})
