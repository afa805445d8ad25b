/**
 * Saves what is being filled in by itself: a moment after the last change, one request at a time, the latest state last.
 * Nothing is kept of a form nobody touched. A failed attempt is repeated with the next change, or by `flush`.
 */
import { readonly, ref, type Ref } from 'vue'

export type SavingState = 'untouched' | 'waiting' | 'saving' | 'saved' | 'failed'

/** Where drafts are kept; `create` answers the id under which `save` goes on. */
export interface DraftStore<T> {
  create: (draft: T) => Promise<{ id: number }>
  save: (id: number, draft: T) => Promise<unknown>
  remove: (id: number) => Promise<unknown>
}

export interface DraftSaving<T> {
  state: Readonly<Ref<SavingState>>
  id: Readonly<Ref<number | null>>
  /** The draft as it is now. */
  changed: (draft: T) => void
  /** Saves at once what waits to be saved. */
  flush: () => Promise<void>
  /** The draft became a campaign, or is not wanted any more; nothing is saved after this. */
  drop: () => Promise<void>
}

const PAUSE_MS = 1_200

export function useDraftSaving<T>(
  store: DraftStore<T>,
  knownId: number | null,
  pauseMs = PAUSE_MS,
): DraftSaving<T> {
  const state = ref<SavingState>(knownId === null ? 'untouched' : 'saved')
  const id = ref(knownId)
  let waiting: { draft: T } | null = null
  let running: Promise<void> | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOver = false

  function changed(draft: T): void {
    if (isOver) return
    waiting = { draft }
    state.value = 'waiting'
    clearTimeout(timer)
    timer = setTimeout(() => void flush(), pauseMs)
  }

  async function put(draft: T): Promise<void> {
    if (id.value === null) id.value = (await store.create(draft)).id
    else await store.save(id.value, draft)
  }

  async function work(): Promise<void> {
    while (waiting && !isOver) {
      const { draft } = waiting
      waiting = null
      state.value = 'saving'
      try {
        await put(draft)
      } catch {
        waiting ??= { draft }
        state.value = 'failed'
        return
      }
    }
    state.value = 'saved'
  }

  async function flush(): Promise<void> {
    clearTimeout(timer)
    if (waiting) running ??= work().finally(() => (running = null))
    await running
  }

  async function drop(): Promise<void> {
    isOver = true
    clearTimeout(timer)
    waiting = null
    await running
    if (id.value !== null) await store.remove(id.value)
  }

  return { state: readonly(state), id: readonly(id), changed, flush, drop }
}
