/** `TabGuard` on this browser's locks and channels, as reactive state. */
import { ref } from 'vue'

import { TabGuard, type TabRole } from './tab-guard'

export function useOneTab(isOnCall: () => boolean) {
  const role = ref<TabRole>('waiting')
  let guard: TabGuard | null = null

  /** Takes the agent's desk, or learns that another tab has it. */
  function enter(agentId: number): void {
    leave()
    // Locks exist on encrypted pages only; on others there is no microphone either, so one tab is as good as two.
    if (!('locks' in navigator)) {
      role.value = 'owner'
      return
    }
    const name = `oml.agent.${String(agentId)}`
    guard = new TabGuard(name, {
      locks: navigator.locks,
      channel: new BroadcastChannel(name),
      isOnCall,
      onRole: (value) => {
        role.value = value
      },
    })
    void guard.enter()
  }

  function leave(): void {
    guard?.leave()
    guard = null
    role.value = 'waiting'
  }

  return { role, enter, leave, takeOver: () => guard?.takeOver() }
}
