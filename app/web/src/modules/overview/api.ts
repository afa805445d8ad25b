/** How far the contact centre is set up: only counts, from the first row of each list. */
import { api, call } from '@/api'

const ONE = { params: { query: { page: 1, page_size: 1 } } }

export interface SetupState {
  trunks: number
  groups: number
  agents: number
  campaigns: number
  routes: number
}

export async function loadSetup(): Promise<SetupState> {
  const [trunks, groups, agents, campaigns, routes] = await Promise.all([
    call(api.GET('/api/v2/sip-trunks', ONE)),
    call(api.GET('/api/v2/agent-groups', ONE)),
    call(api.GET('/api/v2/agents', ONE)),
    call(api.GET('/api/v2/inbound-campaigns', ONE)),
    call(api.GET('/api/v2/inbound-routes', ONE)),
  ])
  return {
    trunks: trunks.total,
    groups: groups.total,
    agents: agents.total,
    campaigns: campaigns.total,
    routes: routes.total,
  }
}
