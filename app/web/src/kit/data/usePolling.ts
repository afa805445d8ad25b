/** Repeats something while the page is looked at, for states the server does not push. */
import { onScopeDispose } from 'vue'

/** Calls `refresh` every `everyMs` while `isNeeded()` holds and the browser tab is visible; never twice at a time. */
export function usePolling(refresh: () => Promise<unknown>, everyMs: number, isNeeded: () => boolean): void {
  let busy = false
  const timer = window.setInterval(() => {
    if (busy || document.hidden || !isNeeded()) return
    busy = true
    void refresh().finally(() => (busy = false))
  }, everyMs)
  onScopeDispose(() => {
    window.clearInterval(timer)
  })
}
