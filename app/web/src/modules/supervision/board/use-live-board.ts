/**
 * The live state in portions a screen can follow. On a large floor many messages arrive each second; recomputing the
 * board for every one would make it stutter, so they are gathered for a moment. Nothing shown is older than that.
 */
import { onScopeDispose, ref, shallowRef, toRaw } from 'vue'

import type { AgentLive, CallLive } from '@/api'
import { useLiveStore } from '@/app/live/store'

/** Far below the second in which a board must follow, and below what an eye calls late. */
const GATHER_MS = 200

export function useLiveBoard() {
  const live = useLiveStore()
  const agents = shallowRef<AgentLive[]>([])
  const calls = shallowRef<CallLive[]>([])
  const isFrozen = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  function show(): void {
    timer = undefined
    if (isFrozen.value) return
    agents.value = [...toRaw(live.agents).values()].map((agent) => toRaw(agent))
    calls.value = [...toRaw(live.calls).values()].map((call) => toRaw(call))
  }

  /** Stops the board for a closer look; on release it jumps to the present. */
  function freeze(frozen: boolean): void {
    isFrozen.value = frozen
    if (!frozen) show()
  }

  const stop = live.onMessage(() => {
    timer ??= setTimeout(show, GATHER_MS)
  })
  show()

  onScopeDispose(() => {
    stop()
    clearTimeout(timer)
  })

  return { agents, calls, isFrozen, freeze }
}
