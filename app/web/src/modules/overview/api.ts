/** What the overview is made of. */
import { api, call, everyPage, type Item } from '@/api'

export type Campaign = Item<'/api/v2/campaigns'>
export type Trunk = Item<'/api/v2/sip-trunks'>
export type InboundRoute = Item<'/api/v2/inbound-routes'>

export const listCampaigns = () =>
  everyPage((query) =>
    call(api.GET('/api/v2/campaigns', { params: { query: { ...query, kind: ['inbound'] } } })),
  )
const listTrunks = () => everyPage((query) => call(api.GET('/api/v2/sip-trunks', { params: { query } })))
const listRoutes = () => everyPage((query) => call(api.GET('/api/v2/inbound-routes', { params: { query } })))

const ONE = { params: { query: { page: 1, page_size: 1 } } }

/** The configuration an administrator is responsible for. */
export interface Configuration {
  trunks: Trunk[]
  routes: InboundRoute[]
  campaigns: Campaign[]
  groupCount: number
  agentCount: number
}

export async function loadConfiguration(): Promise<Configuration> {
  const [trunks, routes, campaigns, groups, agents] = await Promise.all([
    listTrunks(),
    listRoutes(),
    listCampaigns(),
    call(api.GET('/api/v2/agent-groups', ONE)),
    call(api.GET('/api/v2/agents', ONE)),
  ])
  return { trunks, routes, campaigns, groupCount: groups.total, agentCount: agents.total }
}
