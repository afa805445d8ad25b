/**
 * The typed client of `/api/v2`. Types come from `schema.d.ts`, which `npm run api` generates.
 *
 * Refused requests reject with `ApiProblem`. A cookie session needs the CSRF token on unsafe methods; the server
 * hands it out in the readable cookie `oml_csrf`. When an answer says the session is gone, listeners registered with
 * `onSessionLost` hear of it, whichever module made the request.
 */
import createClient, { type Middleware } from 'openapi-fetch'

import { problemFromResponse } from './problem'
import type { paths } from './schema'

type SessionLostListener = () => void

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
const sessionLostListeners = new Set<SessionLostListener>()

export function onSessionLost(listener: SessionLostListener): () => void {
  sessionLostListeners.add(listener)
  return () => sessionLostListeners.delete(listener)
}

export function csrfToken(): string {
  const cookie = document.cookie.split('; ').find((part) => part.startsWith('oml_csrf='))
  return cookie ? decodeURIComponent(cookie.slice('oml_csrf='.length)) : ''
}

const guard: Middleware = {
  onRequest({ request }) {
    if (!SAFE_METHODS.has(request.method)) request.headers.set('X-CSRF-Token', csrfToken())
    return request
  },
  async onResponse({ response }) {
    if (response.ok || response.status === 304) return undefined
    const problem = await problemFromResponse(response)
    if (problem.status === 401 && problem.code === 'not-signed-in') {
      for (const listener of sessionLostListeners) listener()
    }
    throw problem
  },
}

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: 'same-origin',
  headers: { Accept: 'application/json' },
})
api.use(guard)

/**
 * The body of a successful answer: `const users = await call(api.GET('/api/v2/users'))`.
 * Rejects with `ApiProblem`, or with the `TypeError` of `fetch` when no answer arrived.
 */
export async function call<T>(request: Promise<{ data?: T }>): Promise<T> {
  const { data } = await request
  return data as T
}
