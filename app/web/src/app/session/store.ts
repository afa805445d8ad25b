/**
 * Who is signed in and what they may do. The cookie itself is out of reach of scripts; this store holds the answer
 * of `GET /session` and follows what requests and the live connection tell about the session's end.
 */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { api, ApiProblem, asProblem, call, onSessionLost, type Me } from '@/api'

/** Why a session ended while the console was open: too long without a request, or signed in somewhere else. */
export type SessionEnd = 'expired' | 'replaced'

/** Asked before somebody is signed out: finish what must be finished. False keeps them signed in. */
export type Farewell = () => Promise<boolean>

export const useSession = defineStore('session', () => {
  const me = ref<Me | null>(null)
  /** Set while the page waits for the person to sign in again; what they were doing stays underneath. */
  const ended = ref<SessionEnd | null>(null)
  /** The server did not answer at start: there is nothing to show but that, and a way to try again. */
  const unreachable = ref<ApiProblem | null>(null)
  const farewells = new Set<Farewell>()
  const permissions = computed(() => new Set(me.value?.permissions))
  const displayName = computed(() => {
    const user = me.value?.user
    if (!user) return ''
    return [user.first_name, user.last_name].filter(Boolean).join(' ') || user.username
  })

  function can(permission: string): boolean {
    return permissions.value.has(permission)
  }

  function accept(answer: Me): void {
    me.value = answer
    ended.value = null
  }

  /** Asks the server who we are, once at start. Signed out is an answer, not an error. */
  async function restore(): Promise<void> {
    unreachable.value = null
    try {
      accept(await call(api.GET('/api/v2/session')))
    } catch (error) {
      const problem = asProblem(error)
      if (problem.status !== 401) unreachable.value = problem
    }
  }

  /** Rights, role or group changed while the person works: take the new ones, or keep the old ones until next time. */
  async function reload(): Promise<void> {
    try {
      const answer = await call(api.GET('/api/v2/session'))
      if (me.value && !ended.value) accept(answer)
    } catch (error) {
      asProblem(error)
    }
  }

  async function signIn(username: string, password: string): Promise<void> {
    accept(await call(api.POST('/api/v2/session', { body: { username, password } })))
  }

  /** Returns the function that takes it back. */
  function beforeSignOut(farewell: Farewell): () => void {
    farewells.add(farewell)
    return () => farewells.delete(farewell)
  }

  async function signOut(): Promise<void> {
    for (const farewell of farewells) if (!(await farewell())) return
    try {
      await call(api.DELETE('/api/v2/session'))
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 401)) throw error
    }
    forget()
  }

  async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
    const body = { current_password: currentPassword, new_password: newPassword }
    await call(api.POST('/api/v2/session/password', { body }))
    accept(await call(api.GET('/api/v2/session')))
  }

  function forget(): void {
    me.value = null
    ended.value = null
  }

  /** The session is over on the server. Does nothing when nobody was signed in. */
  function end(reason: SessionEnd): void {
    if (me.value && !ended.value) ended.value = reason
  }

  onSessionLost(() => {
    end('expired')
  })

  return {
    me,
    ended,
    unreachable,
    displayName,
    can,
    restore,
    reload,
    signIn,
    signOut,
    beforeSignOut,
    changePassword,
    forget,
    end,
  }
})
