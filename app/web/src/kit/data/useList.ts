/**
 * A list on the server: page, search, sort and filters, kept in the address bar so that reload, back and a copied
 * link show the same rows.
 */
import { computed, onScopeDispose, reactive, ref, watch, type Ref } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'

import { asProblem, type ApiProblem, type Page } from '@/api'

export interface ListQuery {
  page: number
  page_size: number
  /** Absent when nothing is searched. */
  search?: string
  /** Column key, with `-` in front for descending; absent for the server's own order. */
  sort?: string
}

export interface ListOptions<F extends string> {
  pageSize?: number
  /** Names of the filters, as query parameters. Values are strings; an empty one is left out. */
  filters?: readonly F[]
}

export interface List<T, F extends string = string> {
  items: T[]
  total: number
  page: number
  pageSize: number
  search: string
  sort: string
  filters: Record<F, string>
  /** True until the first answer; `loading` is also true while rows are being replaced. */
  isFirstLoad: boolean
  loading: boolean
  problem: ApiProblem | null
  /** Whether search or filters narrow the list: decides between "nothing yet" and "nothing found". */
  readonly isNarrowed: boolean
  reload: () => Promise<void>
  clear: () => void
}

const SEARCH_PAUSE_MS = 300
const DEFAULT_PAGE_SIZE = 25

function one(query: LocationQuery, key: string): string {
  const value = query[key]
  return (Array.isArray(value) ? value[0] : value) ?? ''
}

export function useList<T, F extends string = never>(
  load: (query: ListQuery, filters: Partial<Record<F, string>>) => Promise<Page<T>>,
  options: ListOptions<F> = {},
): List<T, F> {
  const route = useRoute()
  const router = useRouter()
  const filterNames = options.filters ?? []

  const page = ref(1)
  const search = ref('')
  const sort = ref('')
  const filters = reactive({}) as Record<F, string>
  readAddress()

  const items = ref([]) as Ref<T[]>
  const total = ref(0)
  const loading = ref(false)
  const isFirstLoad = ref(true)
  const problem = ref<ApiProblem | null>(null)
  const pageSize = options.pageSize ?? DEFAULT_PAGE_SIZE
  const isNarrowed = computed(() => search.value !== '' || filterNames.some((name) => filters[name] !== ''))

  function readAddress(): void {
    page.value = Math.max(1, Number.parseInt(one(route.query, 'page'), 10) || 1)
    search.value = one(route.query, 'search')
    sort.value = one(route.query, 'sort')
    for (const name of filterNames) filters[name] = one(route.query, name)
  }

  function writeAddress(): void {
    const query: LocationQuery = { ...route.query }
    const put = (key: string, value: string) => {
      if (value) query[key] = value
      else Reflect.deleteProperty(query, key)
    }
    put('page', page.value > 1 ? String(page.value) : '')
    put('search', search.value)
    put('sort', sort.value)
    for (const name of filterNames) put(name, filters[name])
    void router.replace({ query })
  }

  let latest = 0
  async function reload(): Promise<void> {
    const turn = ++latest
    loading.value = true
    try {
      const query: ListQuery = { page: page.value, page_size: pageSize }
      if (search.value) query.search = search.value
      if (sort.value) query.sort = sort.value
      const chosen = Object.fromEntries(
        filterNames.flatMap((name) => (filters[name] ? [[name, filters[name]]] : [])),
      )
      const answer = await load(query, chosen as Partial<Record<F, string>>)
      if (turn !== latest) return
      items.value = answer.items
      total.value = answer.total
      problem.value = null
      isFirstLoad.value = false
      // The last row of the last page was removed: show the page that is now last.
      const lastPage = Math.max(1, Math.ceil(answer.total / pageSize))
      if (page.value > lastPage) page.value = lastPage
    } catch (error) {
      if (turn === latest) problem.value = asProblem(error)
    } finally {
      if (turn === latest) loading.value = false
    }
  }

  let searchTimer: number | undefined
  watch([page, sort], () => {
    writeAddress()
    void reload()
  })
  watch([search, () => ({ ...filters })], ([newSearch], [oldSearch]) => {
    window.clearTimeout(searchTimer)
    searchTimer = window.setTimeout(
      () => {
        const wasFirst = page.value === 1
        page.value = 1
        if (!wasFirst) return // the page's own watcher reloads
        writeAddress()
        void reload()
      },
      newSearch === oldSearch ? 0 : SEARCH_PAUSE_MS,
    )
  })
  // Who is on the way to another page stays on it: writing the address would call them back.
  const forgetLeaving = router.beforeEach((to, from) => {
    if (to.path !== from.path) window.clearTimeout(searchTimer)
  })
  onScopeDispose(() => {
    window.clearTimeout(searchTimer)
    forgetLeaving()
  })

  function clear(): void {
    search.value = ''
    for (const name of filterNames) filters[name] = ''
  }

  void reload()
  return reactive({
    items,
    total,
    page,
    pageSize,
    search,
    sort,
    filters,
    isFirstLoad,
    loading,
    problem,
    isNarrowed,
    reload,
    clear,
  }) as unknown as List<T, F>
}
