import { describe, expect, it } from 'vitest'

import { readOffer } from './offer'
import type { CallQuality } from './quality'
import {
  initialPhoneState,
  isCallLive,
  phoneStatus,
  reducePhone,
  type PhoneEvent,
  type PhoneState,
} from './state'

const details = readOffer(() => undefined, '3511234567')
const quality: CallQuality = {
  level: 'good',
  packetsReceived: 100,
  packetsSent: 90,
  packetsLost: 0,
  lossPercent: 0,
  jitterMs: 2,
  roundTripMs: 10,
  receivedLevel: 0.1,
}

function after(...events: PhoneEvent[]): PhoneState {
  return events.reduce(reducePhone, initialPhoneState)
}

const registered: PhoneEvent = { type: 'line.registered', at: 1_000 }
const offered: PhoneEvent = { type: 'call.offered', sessionId: 'a', details, at: 2_000 }
const answering: PhoneEvent = { type: 'call.answering', sessionId: 'a', automatic: false }
const answered: PhoneEvent = { type: 'call.answered', sessionId: 'a', at: 3_000 }
const ended: PhoneEvent = { type: 'call.ended', sessionId: 'a', cause: 'caller-hung-up', at: 9_000 }

describe('line', () => {
  it('goes from off over registering to registered and keeps the first registration time', () => {
    expect(phoneStatus(after())).toBe('off')
    expect(phoneStatus(after({ type: 'line.starting' }))).toBe('registering')
    const state = after(registered, { type: 'line.registered', at: 5_000 })
    expect(state.line).toEqual({ kind: 'registered', since: 1_000 })
  })

  it('says why it cannot be called and when it tries again', () => {
    const lost = after(registered, { type: 'line.lost', cause: 'network', attempt: 2, retryAt: 4_000 })
    expect(lost.line).toEqual({ kind: 'reconnecting', cause: 'network', attempt: 2, retryAt: 4_000 })
    const refused = after({ type: 'line.refused', cause: 'refused', retryAt: null })
    expect(phoneStatus(refused)).toBe('unregistered')
  })

  it('losing it leaves a talking call alone', () => {
    const state = after(registered, offered, answered, {
      type: 'line.lost',
      cause: 'network',
      attempt: 1,
      retryAt: null,
    })
    expect(phoneStatus(state)).toBe('in-call')
    expect(state.line.kind).toBe('reconnecting')
  })
})

describe('call', () => {
  it('rings, is answered, muted, held and ended', () => {
    expect(phoneStatus(after(registered, offered))).toBe('ringing')
    expect(phoneStatus(after(registered, offered, answering))).toBe('answering')
    const talking = after(registered, offered, answering, answered)
    expect(phoneStatus(talking)).toBe('in-call')
    expect(talking.call?.answeredAt).toBe(3_000)
    const muted = reducePhone(talking, { type: 'call.muted', sessionId: 'a', muted: true })
    expect(phoneStatus(muted)).toBe('muted')
    expect(phoneStatus(reducePhone(muted, { type: 'call.held', sessionId: 'a', held: true }))).toBe('held')
    const over = reducePhone(muted, ended)
    expect(phoneStatus(over)).toBe('ended')
    expect(over.call?.endCause).toBe('caller-hung-up')
    expect(isCallLive(over)).toBe(false)
    expect(phoneStatus(reducePhone(over, { type: 'call.dismissed', sessionId: 'a' }))).toBe('registered')
  })

  it('remembers an automatic answer', () => {
    const state = after(offered, { type: 'call.answering', sessionId: 'a', automatic: true }, answered)
    expect(state.call?.autoAnswered).toBe(true)
  })

  it('takes a new offer once the last call is over, not before', () => {
    const second: PhoneEvent = { type: 'call.offered', sessionId: 'b', details, at: 10_000 }
    expect(after(offered, answered, second).call?.sessionId).toBe('a')
    expect(after(offered, answered, ended, second).call?.sessionId).toBe('b')
  })

  it('ignores what makes no sense: other sessions, late events, events without a call', () => {
    const over = after(offered, answered, ended)
    for (const event of [
      answered,
      answering,
      { type: 'call.muted', sessionId: 'a', muted: true },
      { type: 'call.ended', sessionId: 'a', cause: 'unknown', at: 99 },
      { type: 'call.quality', sessionId: 'a', quality },
    ] satisfies PhoneEvent[]) {
      expect(reducePhone(over, event)).toBe(over)
    }
    const ringing = after(offered)
    expect(reducePhone(ringing, { type: 'call.held', sessionId: 'a', held: true })).toBe(ringing)
    expect(reducePhone(ringing, { type: 'call.ended', sessionId: 'x', cause: 'unknown', at: 1 })).toBe(
      ringing,
    )
    expect(reducePhone(ringing, { type: 'call.dismissed', sessionId: 'a' })).toBe(ringing)
    expect(reducePhone(initialPhoneState, answered)).toBe(initialPhoneState)
  })

  it('keeps the last quality after the end and drops the interruption', () => {
    const state = after(
      offered,
      answered,
      { type: 'call.quality', sessionId: 'a', quality },
      { type: 'call.media', sessionId: 'a', interrupted: true },
      ended,
    )
    expect(state.call?.quality).toEqual(quality)
    expect(state.call?.mediaInterrupted).toBe(false)
  })

  it('whatever the order of events, an ended call never comes back and a live one is never replaced', () => {
    let seed = 42
    const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31
    const anyEvent = (): PhoneEvent => {
      const sessionId = 'abc'[Math.floor(random() * 3)]!
      const events: PhoneEvent[] = [
        { type: 'call.offered', sessionId, details, at: 1 },
        { type: 'call.answering', sessionId, automatic: false },
        { type: 'call.answered', sessionId, at: 2 },
        { type: 'call.ended', sessionId, cause: 'unknown', at: 3 },
        { type: 'call.dismissed', sessionId },
        { type: 'call.muted', sessionId, muted: random() > 0.5 },
        { type: 'line.lost', cause: 'network', attempt: 1, retryAt: null },
        registered,
      ]
      return events[Math.floor(random() * events.length)]!
    }
    let state = initialPhoneState
    for (let step = 0; step < 20_000; step += 1) {
      const event = anyEvent()
      const next = reducePhone(state, event)
      if (isCallLive(state)) expect(next.call?.sessionId).toBe(state.call?.sessionId)
      const isNewOffer = event.type === 'call.offered'
      if (state.call?.phase === 'ended' && !isNewOffer) expect(isCallLive(next)).toBe(false)
      state = next
    }
  })
})

describe('microphone', () => {
  it('is asked for, ready or failed with a problem', () => {
    expect(after({ type: 'microphone.asking' }).microphone.kind).toBe('asking')
    expect(after({ type: 'microphone.ready', label: 'Headset' }).microphone).toEqual({
      kind: 'ready',
      label: 'Headset',
    })
    expect(after({ type: 'microphone.failed', problem: 'denied' }).microphone).toEqual({
      kind: 'failed',
      problem: 'denied',
    })
  })
})
