/** What an agent is told of a call: the campaign decides about its name, the number dialled, the route and the call id. */
import type { ConsoleCampaign } from '../api'

export interface CallFacts {
  callId: string
  campaignName: string
  did: string
  routeName: string
  /** Of the inbound route; a conversation remembered by an older console has none. */
  callerPrefix?: string
  waitSeconds: number | null
}

type Shows = Pick<ConsoleCampaign, 'show_name' | 'show_did' | 'show_route_name' | 'show_call_id'>

/** Empty what is not to be shown. A call of no campaign shows all but its id. */
export function shownFacts(facts: CallFacts, campaign: Shows | null | undefined): CallFacts {
  return {
    callId: campaign?.show_call_id ? facts.callId : '',
    campaignName: campaign?.show_name === false ? '' : facts.campaignName,
    did: campaign?.show_did === false ? '' : facts.did,
    routeName: campaign?.show_route_name === false ? '' : facts.routeName,
    callerPrefix: facts.callerPrefix ?? '',
    waitSeconds: facts.waitSeconds,
  }
}
