/** Campaigns and agents to filter by, for those who may list them. */
import { computed } from 'vue'

import { api, call } from '@/api'
import { useSession } from '@/app/session/store'
import { useLoaded } from '@/kit'

const MOST = 200

export function useChoices() {
  const session = useSession()
  const mayList = session.can('campaigns.read')
  const query = { page_size: MOST }
  const campaigns = useLoaded(async () =>
    mayList ? (await call(api.GET('/api/v2/campaigns', { params: { query } }))).items : [],
  )
  const agents = useLoaded(async () =>
    mayList ? (await call(api.GET('/api/v2/agents', { params: { query } }))).items : [],
  )
  const named = (items: { id: number; name: string }[] | null) =>
    (items ?? []).map(({ id, name }) => ({ value: String(id), label: name }))
  return {
    campaigns: computed(() => named(campaigns.data)),
    agents: computed(() => named(agents.data)),
  }
}
