/**
 * The two chronometers of the agent's bar: time at work and time in pause since login.
 *
 * Pure. The live state says only since when the present state lasts, so the finished stretches are summed here and
 * kept per browser, where a reload finds them again. Wrap-up counts as work; without a webphone neither clock runs.
 */
import type { AgentLive } from '@/api'

type Stretch = 'work' | 'pause' | 'away'

export interface WorkTime {
  workMs: number
  pauseMs: number
  stretch: Stretch
  /** When the present stretch began, epoch milliseconds of the server. */
  since: number
}

const STRETCHES: Record<AgentLive['status'], Stretch | null> = {
  READY: 'work',
  RINGING: 'work',
  DIALING: 'work',
  ONCALL: 'work',
  ACW: 'work',
  PAUSE: 'pause',
  UNAVAILABLE: 'away',
  DISABLED: 'away',
  OFFLINE: null,
}

/** @returns null while the agent is logged out, which also makes the next login start from zero */
export function followWorkTime(
  previous: WorkTime | null,
  live: Pick<AgentLive, 'status' | 'since'>,
): WorkTime | null {
  const stretch = STRETCHES[live.status]
  if (stretch === null) return null
  if (!previous) return { workMs: 0, pauseMs: 0, stretch, since: live.since }
  if (previous.stretch === stretch) return previous
  const closed = totalsAt(previous, live.since)
  return { ...closed, stretch, since: live.since }
}

/** Totals including the running stretch. */
export function totalsAt(time: WorkTime, now: number): { workMs: number; pauseMs: number } {
  const running = Math.max(0, now - time.since)
  return {
    workMs: time.workMs + (time.stretch === 'work' ? running : 0),
    pauseMs: time.pauseMs + (time.stretch === 'pause' ? running : 0),
  }
}
