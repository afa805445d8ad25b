/**
 * What the call engine tells the webphone about a call, read from the INVITE's headers.
 *
 * The names are those of the original product, so integrations that look at SIP keep working.
 */

/** Reads one header; answers undefined when the INVITE does not carry it. Names are case-insensitive. */
export type HeaderReader = (name: string) => string | undefined

export interface OfferDetails {
  /** The call's id everywhere (history, recording, disposition); empty when the INVITE did not say. */
  callId: string
  /** Where the call comes from: `IN`, `DIALER-FORM`, `transfer`, ... */
  origin: string
  campaignId: number | null
  campaignName: string
  /** The customer's number as it was dialled or presented. */
  number: string
  did: string
  routeName: string
  forcesDisposition: boolean
  answersAutomatically: boolean
  /** The agent's own call to `number`: the phone is only being connected, the number is dialled afterwards. */
  isOwnCall: boolean
  /** Between two agents; `number` is then the extension of the other one. */
  isColleagueCall: boolean
  /** The agent who calls this one. */
  fromAgentId: number | null
  /** Seconds of after-call work before the agent is ready again; null: the agent leaves it by hand. */
  autoUnpauseSeconds: number | null
  /** Seconds the caller had waited when the call was offered; null when unknown. */
  waitSeconds: number | null
}

/** Origins the engine gives to the agent's leg of a call out, for a campaign and outside of campaigns. */
const OWN_CALL_ORIGINS: ReadonlySet<string> = new Set(['CLICK2CALL', 'withoutCamp'])
/** What the engine says on the called agent's leg of a call between agents, and its call type on the caller's. */
const COLLEAGUE_ORIGIN = 'agentCall'
const INTERNAL_CALL_TYPE = '7'

/**
 * Is the call taken without asking? Every call out is, also one that this console did not ask for: the engine makes
 * one only at the agent's own request, and that may have come from an integration, from another device, or from this
 * page before it was loaded again. What keeps the microphone from opening unnoticed is the tone, which is always played.
 */
export function answersAtOnce(details: OfferDetails): boolean {
  return details.answersAutomatically || details.isOwnCall
}

export function readOffer(header: HeaderReader, fallbackNumber: string): OfferDetails {
  const text = (name: string): string => header(name)?.trim() ?? ''
  const origin = text('Origin')
  const isColleagueCall = origin === COLLEAGUE_ORIGIN || text('OMLCALLTYPEIDTYPE') === INTERNAL_CALL_TYPE
  return {
    callId: text('OMLCALLID'),
    origin,
    campaignId: positiveInteger(text('IDCamp')),
    // A call between agents waits in the called agent's own queue, which is no campaign.
    campaignName: isColleagueCall ? '' : text('OMLCAMPNAME'),
    number: text('OMLOUTNUM') || fallbackNumber,
    did: text('OMLDID'),
    routeName: text('OMLINROUTENAME'),
    forcesDisposition: isYes(text('FORCE_DISPOSITION')),
    answersAutomatically: isYes(text('AUTO_ATTEND_INBOUND')) || isYes(text('AUTO_ATTEND_DIALER')),
    isOwnCall: OWN_CALL_ORIGINS.has(origin),
    isColleagueCall,
    fromAgentId: origin === COLLEAGUE_ORIGIN ? positiveInteger(text('OMLFROMAGENT')) : null,
    autoUnpauseSeconds: positiveInteger(text('AUTO_UNPAUSE')),
    waitSeconds: wholeNumber(text('OMLCallWaitDuration')),
  }
}

function isYes(value: string): boolean {
  return ['1', 'true', 'yes'].includes(value.toLowerCase())
}

function wholeNumber(value: string): number | null {
  return /^\d+(\.\d+)?$/.test(value) ? Math.floor(Number(value)) : null
}

function positiveInteger(value: string): number | null {
  const number = wholeNumber(value)
  return number !== null && number > 0 ? number : null
}
