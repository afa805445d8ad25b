import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'

import { useList, type List } from './useList'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

async function opened() {
  const load = vi.fn(() => Promise.resolve({ items: [], total: 0, page: 1, page_size: 25 }))
  let list!: List<unknown>
  let arrive!: (page: object) => void
  const page = new Promise<object>((resolve) => {
    arrive = resolve
  })
  const things = defineComponent({
    setup() {
      list = useList(load)
      return () => h('p')
    },
  })
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/things', component: things },
      { path: '/things/1', component: () => page },
    ],
  })
  await router.push('/things')
  mount(RouterView, { global: { plugins: [router] } })
  await flushPromises()
  return { list, load, router, arrive }
}

test('a search is in the address and asked for after a pause', async () => {
  const { list, load, router } = await opened()
  list.search = 'ana'
  await vi.advanceTimersByTimeAsync(300)
  expect(router.currentRoute.value.fullPath).toBe('/things?search=ana')
  expect(load).toHaveBeenLastCalledWith({ page: 1, page_size: 25, search: 'ana' }, {})
})

test('a search does not call back who opens a page that is slow to come', async () => {
  const { list, router, arrive } = await opened()
  list.search = 'ana'
  await flushPromises()
  const way = router.push('/things/1')
  await vi.advanceTimersByTimeAsync(300)
  arrive({ render: () => h('h1') })
  await way
  expect(router.currentRoute.value.fullPath).toBe('/things/1')
})
