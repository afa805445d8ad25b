/** Something loaded from the server once, with its loading and failed states. */
import { reactive } from 'vue'

import { asProblem, type ApiProblem } from '@/api'

export interface Loaded<T> {
  /** The last good answer; kept while reloading and after a failed reload. */
  data: T | null
  loading: boolean
  problem: ApiProblem | null
  reload: () => Promise<void>
}

/** Loads at once. A slow earlier answer never replaces a later one. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  let latest = 0
  const loaded: Loaded<T> = reactive({
    data: null,
    loading: false,
    problem: null,
    async reload(): Promise<void> {
      const turn = ++latest
      loaded.loading = true
      try {
        const answer = await load()
        if (turn !== latest) return
        loaded.data = answer
        loaded.problem = null
      } catch (error) {
        if (turn === latest) loaded.problem = asProblem(error)
      } finally {
        if (turn === latest) loaded.loading = false
      }
    },
  }) as Loaded<T>
  void loaded.reload()
  return loaded
}
