import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { useDraftSaving } from './draftSaving'

/** Keeps drafts in memory; each request ends when the test says so. */
function memory() {
  const saved: string[] = []
  const ends: ((error?: Error) => void)[] = []
  const request = <T>(answer: T, draft: string) =>
    new Promise<T>((resolve, reject) => {
      ends.push((error) => {
        if (error) reject(error)
        else {
          saved.push(draft)
          resolve(answer)
        }
      })
    })
  const store = {
    create: vi.fn((draft: string) => request({ id: 5 }, draft)),
    save: vi.fn((_id: number, draft: string) => request({}, draft)),
    remove: vi.fn(() => Promise.resolve()),
  }
  const end = async (error?: Error) => {
    ends.shift()?.(error)
    await vi.advanceTimersByTimeAsync(0)
  }
  return { store, saved, end }
}

describe('useDraftSaving', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('saves once after the last of several changes', async () => {
    const { store, saved, end } = memory()
    const draft = useDraftSaving(store, null, 1000)
    draft.changed('a')
    vi.advanceTimersByTime(900)
    draft.changed('ab')
    expect(draft.state.value).toBe('waiting')
    vi.advanceTimersByTime(1000)
    await end()
    expect(saved).toEqual(['ab'])
    expect(draft.id.value).toBe(5)
    expect(draft.state.value).toBe('saved')
  })

  it('makes one draft, however fast changes come, and the last one wins', async () => {
    const { store, saved, end } = memory()
    const draft = useDraftSaving(store, null, 10)
    draft.changed('a')
    vi.advanceTimersByTime(10)
    draft.changed('b')
    vi.advanceTimersByTime(10)
    draft.changed('c')
    vi.advanceTimersByTime(10)
    expect(store.save).not.toHaveBeenCalled()
    await end()
    await end()
    expect(store.create).toHaveBeenCalledTimes(1)
    expect(saved).toEqual(['a', 'c'])
  })

  it('goes on with the draft that is known', async () => {
    const { store, end } = memory()
    const draft = useDraftSaving(store, 9, 10)
    draft.changed('a')
    vi.advanceTimersByTime(10)
    await end()
    expect(store.save).toHaveBeenCalledWith(9, 'a')
    expect(store.create).not.toHaveBeenCalled()
  })

  it('keeps what could not be saved, and saves it when asked', async () => {
    const { store, saved, end } = memory()
    const draft = useDraftSaving(store, null, 10)
    draft.changed('a')
    vi.advanceTimersByTime(10)
    await end(new Error('no network'))
    expect(draft.state.value).toBe('failed')
    const again = draft.flush()
    await end()
    await again
    expect(saved).toEqual(['a'])
    expect(draft.state.value).toBe('saved')
  })

  it('saves at once when the page is left', async () => {
    const { store, saved, end } = memory()
    const draft = useDraftSaving(store, null, 60_000)
    draft.changed('a')
    const left = draft.flush()
    await end()
    await left
    expect(saved).toEqual(['a'])
  })

  it('saves nothing more once the draft was dropped', async () => {
    const { store } = memory()
    const draft = useDraftSaving(store, 9, 10)
    draft.changed('a')
    await draft.drop()
    draft.changed('b')
    vi.advanceTimersByTime(100)
    expect(store.save).not.toHaveBeenCalled()
    expect(store.remove).toHaveBeenCalledWith(9)
  })
})
