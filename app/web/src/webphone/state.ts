/**
 * What the webphone knows, as one immutable value, and how each event changes it.
 *
 * Pure: no clock, no timers, no JsSIP. Every event carries its own time (`at`, epoch milliseconds), so the
 * whole life of a call can be replayed in a test. An event that makes no sense in the present state (a late
 * answer, a second BYE) returns the state unchanged.
 */
import type { CallQuality } from './quality'
import type { OfferDetails } from './offer'

/** Why the phone cannot be called. */
export type LineCause =
  | 'network' // the signalling connection is gone
  | 'refused' // the registrar does not accept the credentials
  | 'server' // the registrar or the credential service answers with an error, or not at all
  | 'microphone' // without a microphone the phone stays off on purpose
  | 'stopped' // signed out

export type Line =
  | { kind: 'off' }
  | { kind: 'registering' }
  | { kind: 'registered'; since: number }
  | { kind: 'reconnecting'; cause: LineCause; attempt: number; retryAt: number | null }
  | { kind: 'unregistered'; cause: LineCause; retryAt: number | null }

export type MicrophoneState =
  | { kind: 'unknown' }
  | { kind: 'asking' }
  | { kind: 'ready'; label: string }
  | { kind: 'failed'; problem: MicrophoneProblem }

export type MicrophoneProblem = 'denied' | 'missing' | 'busy' | 'insecure' | 'lost' | 'unknown'

export type EndCause =
  | 'caller-hung-up'
  | 'agent-hung-up'
  | 'rejected'
  | 'withdrawn' // the caller gave up, or the ring time ended
  | 'answered-elsewhere'
  | 'connection-lost'
  | 'media-failed'
  | 'microphone-refused'
  | 'unknown'

export interface PhoneCall {
  /** Identifies the SIP session inside this browser. */
  sessionId: string
  details: OfferDetails
  phase: 'ringing' | 'answering' | 'talking' | 'ended'
  offeredAt: number
  answeredAt: number | null
  endedAt: number | null
  autoAnswered: boolean
  muted: boolean
  held: boolean
  /** The browser lost the media path and is trying to get it back. */
  mediaInterrupted: boolean
  quality: CallQuality | null
  endCause: EndCause | null
}

export interface PhoneState {
  line: Line
  microphone: MicrophoneState
  call: PhoneCall | null
}

export type PhoneEvent =
  | { type: 'line.starting' }
  | { type: 'line.registered'; at: number }
  | { type: 'line.refused'; cause: LineCause; retryAt: number | null }
  | { type: 'line.lost'; cause: LineCause; attempt: number; retryAt: number | null }
  | { type: 'line.stopped' }
  | { type: 'microphone.asking' }
  | { type: 'microphone.ready'; label: string }
  | { type: 'microphone.failed'; problem: MicrophoneProblem }
  | { type: 'call.offered'; sessionId: string; details: OfferDetails; at: number }
  | { type: 'call.answering'; sessionId: string; automatic: boolean }
  | { type: 'call.answered'; sessionId: string; at: number }
  | { type: 'call.muted'; sessionId: string; muted: boolean }
  | { type: 'call.held'; sessionId: string; held: boolean }
  | { type: 'call.media'; sessionId: string; interrupted: boolean }
  | { type: 'call.quality'; sessionId: string; quality: CallQuality }
  | { type: 'call.ended'; sessionId: string; cause: EndCause; at: number }
  | { type: 'call.dismissed'; sessionId: string }

/** One word for the whole phone: what a person would say it is doing. */
export type PhoneStatus =
  | 'off'
  | 'registering'
  | 'registered'
  | 'reconnecting'
  | 'unregistered'
  | 'ringing'
  | 'answering'
  | 'in-call'
  | 'muted'
  | 'held'
  | 'ended'

export const initialPhoneState: PhoneState = {
  line: { kind: 'off' },
  microphone: { kind: 'unknown' },
  call: null,
}

export function phoneStatus(state: PhoneState): PhoneStatus {
  const { call, line } = state
  if (!call) return line.kind
  switch (call.phase) {
    case 'ringing':
    case 'answering':
      return call.phase
    case 'talking':
      if (call.held) return 'held'
      return call.muted ? 'muted' : 'in-call'
    case 'ended':
      return 'ended'
  }
}

/** True while a person may be talking or about to: nothing may take the phone away now. */
export function isCallLive(state: PhoneState): boolean {
  return state.call !== null && state.call.phase !== 'ended'
}

export function reducePhone(state: PhoneState, event: PhoneEvent): PhoneState {
  switch (event.type) {
    case 'line.starting':
    case 'line.registered':
    case 'line.refused':
    case 'line.lost':
    case 'line.stopped':
      return { ...state, line: reduceLine(state.line, event) }
    case 'microphone.asking':
      return { ...state, microphone: { kind: 'asking' } }
    case 'microphone.ready':
      return { ...state, microphone: { kind: 'ready', label: event.label } }
    case 'microphone.failed':
      return { ...state, microphone: { kind: 'failed', problem: event.problem } }
    default:
      return reduceCallEvent(state, event)
  }
}

type LineEvent = Extract<PhoneEvent, { type: `line.${string}` }>
type CallEvent = Extract<PhoneEvent, { type: `call.${string}` }>

function reduceLine(line: Line, event: LineEvent): Line {
  switch (event.type) {
    case 'line.starting':
      return { kind: 'registering' }
    case 'line.registered':
      return line.kind === 'registered' ? line : { kind: 'registered', since: event.at }
    case 'line.refused':
      return { kind: 'unregistered', cause: event.cause, retryAt: event.retryAt }
    case 'line.lost':
      return { kind: 'reconnecting', cause: event.cause, attempt: event.attempt, retryAt: event.retryAt }
    case 'line.stopped':
      return { kind: 'off' }
  }
}

function reduceCallEvent(state: PhoneState, event: CallEvent): PhoneState {
  if (event.type === 'call.offered') {
    if (isCallLive(state)) return state
    return { ...state, call: newCall(event.sessionId, event.details, event.at) }
  }
  if (!state.call || state.call.sessionId !== event.sessionId) return state
  if (event.type === 'call.dismissed') {
    return state.call.phase === 'ended' ? { ...state, call: null } : state
  }
  const call = reduceCall(state.call, event)
  return call === state.call ? state : { ...state, call }
}

function newCall(sessionId: string, details: OfferDetails, at: number): PhoneCall {
  return {
    sessionId,
    details,
    phase: 'ringing',
    offeredAt: at,
    answeredAt: null,
    endedAt: null,
    autoAnswered: false,
    muted: false,
    held: false,
    mediaInterrupted: false,
    quality: null,
    endCause: null,
  }
}

function reduceCall(
  call: PhoneCall,
  event: Exclude<CallEvent, { type: 'call.offered' | 'call.dismissed' }>,
): PhoneCall {
  if (call.phase === 'ended') return call
  switch (event.type) {
    case 'call.answering':
      return call.phase === 'ringing' ? { ...call, phase: 'answering', autoAnswered: event.automatic } : call
    case 'call.answered':
      return call.phase === 'talking' ? call : { ...call, phase: 'talking', answeredAt: event.at }
    case 'call.ended':
      return { ...call, phase: 'ended', endedAt: event.at, endCause: event.cause, mediaInterrupted: false }
  }
  if (call.phase !== 'talking') return call
  switch (event.type) {
    case 'call.muted':
      return { ...call, muted: event.muted }
    case 'call.held':
      return { ...call, held: event.held }
    case 'call.media':
      return { ...call, mediaInterrupted: event.interrupted }
    case 'call.quality':
      return { ...call, quality: event.quality }
  }
}
