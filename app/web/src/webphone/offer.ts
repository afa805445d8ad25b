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
  /** Seconds of after-call work before the agent is ready again; null: the agent leaves it by hand. */
  autoUnpauseSeconds: number | null
  /** Seconds the caller had waited when the call was offered; null when unknown. */
  waitSeconds: number | null
}

export function readOffer(header: HeaderReader, fallbackNumber: string): OfferDetails {
  const text = (name: string): string => header(name)?.trim() ?? ''
  return {
    callId: text('OMLCALLID'),
    origin: text('Origin'),
    campaignId: positiveInteger(text('IDCamp')),
    campaignName: text('OMLCAMPNAME'),
    number: text('OMLOUTNUM') || fallbackNumber,
    did: text('OMLDID'),
    routeName: text('OMLINROUTENAME'),
    forcesDisposition: isYes(text('FORCE_DISPOSITION')),
    answersAutomatically: isYes(text('AUTO_ATTEND_INBOUND')) || isYes(text('AUTO_ATTEND_DIALER')),
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
