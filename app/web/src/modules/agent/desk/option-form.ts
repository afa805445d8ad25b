/** The form that a disposition opens, fetched once for each. */
import { shallowRef, watch } from 'vue'

import { asProblem, type ApiProblem } from '@/api'

import { fetchForm, type AgentForm } from '../api'

export function useOptionForm(wanted: () => number | null) {
  const form = shallowRef<AgentForm | null>(null)
  const problem = shallowRef<ApiProblem | null>(null)
  const known = new Map<number, AgentForm>()

  async function load(): Promise<void> {
    const id = wanted()
    problem.value = null
    form.value = id === null ? null : (known.get(id) ?? null)
    if (id === null || form.value) return
    try {
      const fetched = await fetchForm(id)
      known.set(id, fetched)
      if (wanted() === id) form.value = fetched
    } catch (error) {
      if (wanted() === id) problem.value = asProblem(error)
    }
  }

  watch(wanted, () => void load(), { immediate: true })
  return { form, problem, load }
}
