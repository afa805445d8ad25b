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
  /** What the inbound route puts before the caller's number; empty when nothing. */
  callerPrefix: string
  /** What the caller identified themselves with; empty when they did not. */
  customerId: string
  /** Variables of the dialplan for CRMs (`Omlcrm...`), by their name as headers have it: see `dialplanValues`. */
  dialplan: Record<string, string>
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

/** @param names of all the headers there are, as the SIP library writes them */
export function readOffer(
  header: HeaderReader,
  fallbackNumber: string,
  names: readonly string[] = [],
): OfferDetails {
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
    callerPrefix: text('OMLCALLERIDPREFIX'),
    customerId: text('IDCliente'),
    dialplan: Object.fromEntries(
      names
        .map(plainName)
        .filter((name) => name.startsWith('omlcrm'))
        .map((name) => [name, text(name)]),
    ),
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

/** Header names have neither case nor, in the SIP library, underscores. */
const plainName = (name: string) => name.toLowerCase().replaceAll('_', '-')

/** The values of these variables, by their names as the dialplan writes them; what the call did not bring is left out. */
export function dialplanValues(
  names: readonly string[],
  dialplan: Readonly<Record<string, string>>,
): Record<string, string> {
  const found = names.map((name) => [name, dialplan[plainName(name)]] as const)
  return Object.fromEntries(found.filter((entry): entry is readonly [string, string] => !!entry[1]))
}
