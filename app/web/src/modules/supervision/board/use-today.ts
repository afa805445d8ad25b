/** Today's counters per campaign: read again soon after a call ends or is answered, and every few seconds anyway. */
import { onScopeDispose } from 'vue'

import { api, call } from '@/api'
import { useLiveStore } from '@/app/live/store'
import { useLoaded, usePolling, type Loaded } from '@/kit'

import type { CampaignToday } from './board'

const PERIOD_MS = 10_000
/** The event writer needs a moment to bring the end of a call into the history that is counted. */
const SETTLE_MS = 700

export function useToday(): Loaded<CampaignToday[]> {
  const live = useLiveStore()
  const today = useLoaded(async () => (await call(api.GET('/api/v2/live/campaigns'))).campaigns)
  let timer: ReturnType<typeof setTimeout> | undefined

  const stop = live.onMessage((message) => {
    const isTurn =
      message.type === 'call-ended' || (message.type === 'call' && message.call.state === 'talking')
    if (isTurn) timer ??= setTimeout(refresh, SETTLE_MS)
  })

  function refresh(): void {
    timer = undefined
    void today.reload()
  }

  usePolling(
    () => today.reload(),
    PERIOD_MS,
    () => true,
  )
  onScopeDispose(() => {
    stop()
    clearTimeout(timer)
  })
  return today
}
