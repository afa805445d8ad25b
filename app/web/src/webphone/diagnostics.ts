/**
 * The webphone as the page shows it to programs: data attributes on one hidden element.
 *
 * Read-only. End-to-end tests and a support person with the browser's inspector see the registration, the call and
 * the received packets without reaching into the application.
 */
import { phoneStatus, type PhoneState } from './state'

/** Keys become `data-*` attributes (`rtpPacketsReceived` is `data-rtp-packets-received`); null removes one. */
export type Diagnostics = Record<string, string | null>

export function diagnosticsOf(state: PhoneState): Diagnostics {
  const { call, line, microphone } = state
  const quality = call?.quality ?? null
  return {
    webphoneState: phoneStatus(state),
    webphoneLine: line.kind,
    webphoneLineCause: 'cause' in line ? line.cause : null,
    webphoneMicrophone: microphone.kind === 'failed' ? microphone.problem : microphone.kind,
    webphoneCall: call?.phase ?? 'none',
    webphoneCallId: call?.details.callId ?? null,
    webphoneSessionId: call?.sessionId ?? null,
    webphoneMuted: String(call?.muted ?? false),
    webphoneHeld: String(call?.held ?? false),
    webphoneAutoAnswered: String(call?.autoAnswered ?? false),
    webphoneEndCause: call?.endCause ?? null,
    webphoneQuality: quality?.level ?? null,
    rtpPacketsReceived: String(quality?.packetsReceived ?? 0),
    rtpPacketsSent: String(quality?.packetsSent ?? 0),
    rtpPacketsLost: String(quality?.packetsLost ?? 0),
    rtpJitterMs: (quality?.jitterMs ?? 0).toFixed(1),
    rtpRoundTripMs: quality?.roundTripMs?.toFixed(1) ?? null,
    rtpReceivedLevel: (quality?.receivedLevel ?? 0).toFixed(4),
  }
}

export function showDiagnostics(element: HTMLElement, state: PhoneState): void {
  for (const [key, value] of Object.entries(diagnosticsOf(state))) {
    if (value === null) Reflect.deleteProperty(element.dataset, key)
    else if (element.dataset[key] !== value) element.dataset[key] = value
  }
}
