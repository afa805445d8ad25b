/** Translates what JsSIP and SIP say into the few causes a person needs to know. */
import type { EndEvent } from 'jssip/lib/RTCSession'
import type { UnRegisteredEvent } from 'jssip/lib/UA'

import type { EndCause, LineCause } from './state'

/** What is read of the end of a session; narrower than JsSIP's event so that it can be written down in a test. */
export type SessionEnd = Pick<EndEvent, 'cause'> & {
  originator: string
  /** The request or answer that ended the session, if any. */
  message?: { getHeader(name: string): string | undefined } | null
}

export function endCause({ cause, originator, message }: SessionEnd): EndCause {
  switch (cause) {
    case 'Terminated':
      return originator === 'local' ? 'agent-hung-up' : 'caller-hung-up'
    case 'Rejected':
    case 'Busy':
    case 'Unavailable':
      return originator === 'local' ? 'rejected' : 'withdrawn'
    case 'Canceled':
      return wasAnsweredElsewhere(message?.getHeader('Reason')) ? 'answered-elsewhere' : 'withdrawn'
    case 'No Answer':
    case 'Expires':
      return 'withdrawn'
    case 'User Denied Media Access':
      return 'microphone-refused'
    case 'WebRTC Error':
    case 'Bad Media Description':
    case 'Incompatible SDP':
    case 'RTP Timeout':
    case 'No ACK':
      return 'media-failed'
    case 'Connection Error':
    case 'Request Timeout':
      return 'connection-lost'
    default:
      return 'unknown'
  }
}

/** RFC 3326: a CANCEL that carries `cause=200` means that another phone took the call. */
function wasAnsweredElsewhere(reason: string | undefined): boolean {
  return reason !== undefined && /cause\s*=\s*(200|26)\b/i.test(reason)
}

export function registrationProblem(event: {
  response: Pick<NonNullable<UnRegisteredEvent['response']>, 'status_code'> | null
}): LineCause {
  const status = event.response?.status_code
  return status === 401 || status === 403 || status === 407 ? 'refused' : 'server'
}

export function isMediaPathDown(state: RTCIceConnectionState): boolean {
  return state === 'disconnected' || state === 'failed'
}
