/** The leads of a campaign, a slice at a time in the order they are delivered, and which of them are ticked. */
import { computed, reactive, ref, watch } from 'vue'

import { asProblem, type ApiProblem } from '@/api'

import { countLeads, listLeads, type Lead, type LeadCounts, type LeadFilters, type LeadState } from './api'

export function useLeads(campaignId: number) {
  const filters = reactive({ state: '', agent: '' })
  /** Cursors of the slices before this one; the first slice has none. */
  const trail = ref<string[]>([])
  const items = ref<Lead[]>([])
  const counts = ref<LeadCounts | null>(null)
  const next = ref<string | null>(null)
  const isFirstLoad = ref(true)
  const loading = ref(false)
  const problem = ref<ApiProblem | null>(null)
  const ticked = ref<number[]>([])

  function query(): LeadFilters {
    return {
      state: (filters.state || undefined) as LeadState | undefined,
      agent_id: filters.agent ? Number(filters.agent) : undefined,
    }
  }

  let latest = 0
  async function reload(): Promise<void> {
    const turn = ++latest
    loading.value = true
    try {
      const [slice, counted] = await Promise.all([
        listLeads(campaignId, query(), trail.value.at(-1)),
        countLeads(campaignId),
      ])
      if (turn !== latest) return
      items.value = slice.items
      next.value = slice.next
      counts.value = counted
      problem.value = null
      isFirstLoad.value = false
      ticked.value = ticked.value.filter((id) => slice.items.some((lead) => lead.id === id))
    } catch (error) {
      if (turn === latest) problem.value = asProblem(error)
    } finally {
      if (turn === latest) loading.value = false
    }
  }

  function forward(): void {
    if (next.value === null) return
    trail.value.push(next.value)
    void reload()
  }

  function back(): void {
    trail.value.pop()
    void reload()
  }

  watch(filters, () => {
    trail.value = []
    ticked.value = []
    void reload()
  })
  void reload()

  return reactive({
    filters,
    items,
    counts,
    isFirstLoad,
    loading,
    problem,
    ticked,
    hasNext: computed(() => next.value !== null),
    hasBack: computed(() => trail.value.length > 0),
    isNarrowed: computed(() => filters.state !== '' || filters.agent !== ''),
    reload,
    forward,
    back,
  })
}
