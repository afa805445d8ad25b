/** Routes of the shell and all modules, and the three questions asked before a page opens. */
import {
  createRouter,
  createWebHistory,
  type RouteLocationRaw,
  type RouteRecordRaw,
  type Router,
} from 'vue-router'

import type { Me } from '@/api'

import { modules } from './registry'
import { useSession } from './session/store'

const shellRoutes: RouteRecordRaw[] = [
  { path: '/', name: 'home', meta: { anyone: true }, component: () => import('./pages/NotFoundPage.vue') },
  {
    path: '/sign-in',
    name: 'sign-in',
    meta: { public: true, title: 'shell.signIn.title' },
    component: () => import('./pages/SignInPage.vue'),
  },
  {
    path: '/new-password',
    name: 'new-password',
    meta: { anyone: true, title: 'shell.newPassword.title' },
    component: () => import('./pages/NewPasswordPage.vue'),
  },
  {
    path: '/forbidden',
    name: 'forbidden',
    meta: { anyone: true, title: 'shell.forbidden.title' },
    component: () => import('./pages/ForbiddenPage.vue'),
  },
  {
    path: '/:path(.*)*',
    name: 'not-found',
    meta: { anyone: true, title: 'shell.notFound.title' },
    component: () => import('./pages/NotFoundPage.vue'),
  },
]

/** The best home for a person: the fitting module entry with the highest rank, else their account page. */
export function homeOf(me: Me): RouteLocationRaw {
  const fitting = modules.flatMap((module) => (module.home?.suits(me) ? [module.home] : []))
  return fitting.sort((a, b) => b.rank - a.rank)[0]?.to ?? { name: 'account' }
}

/** Only paths of this site: `next` comes from the address bar. */
export function safeNext(next: unknown): string | null {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : null
}

export function buildRouter(): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes: [...modules.flatMap((module) => module.routes), ...shellRoutes],
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  })

  router.beforeEach((to) => {
    const session = useSession()
    if (to.meta.public) {
      const forward = session.me && !session.ended && to.name === 'sign-in'
      return forward ? (safeNext(to.query.next) ?? { name: 'home' }) : true
    }
    if (!session.me) {
      const next = to.fullPath === '/' ? undefined : to.fullPath
      return { name: 'sign-in', query: next ? { next } : {} }
    }
    if (session.me.user.must_change_password && to.name !== 'new-password') return { name: 'new-password' }
    if (to.name === 'home') return homeOf(session.me)
    if (to.meta.anyone) return true
    if (to.meta.permission && session.can(to.meta.permission)) return true
    return { name: 'forbidden', query: { from: to.fullPath }, replace: true }
  })

  return router
}
