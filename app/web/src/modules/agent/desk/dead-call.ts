import type { AgentLive } from '@/api'

/** Long enough for the far end's own goodbye, which comes first for every call that ends as calls do. */
export const FAREWELL_MS = 3000

/**
 * Has the engine ended the call that the phone still has? An Asterisk that died cannot say goodbye; the phone would be
 * busy for the next call.
 */
export function isEndedByEngine(
  before: Pick<AgentLive, 'status' | 'call_id'> | null | undefined,
  now: Pick<AgentLive, 'status'> | null | undefined,
  phoneCallId: string | undefined,
): boolean {
  return (
    before?.status === 'ONCALL' &&
    now?.status !== 'ONCALL' &&
    now?.status !== 'DIALING' &&
    phoneCallId !== undefined &&
    phoneCallId === before.call_id
  )
}
