/** What is known of a trunk's line: how its registration and reachability look. */
import type { Tone } from '@/kit'

import type { Trunk } from './api'

export type Line = Trunk['line']

export const REGISTRATION_TONES: Record<Line['registration'], Tone> = {
  none: 'neutral',
  registered: 'success',
  unregistered: 'warning',
  rejected: 'danger',
}

export const REACHABILITY_TONES: Record<Line['reachability'], Tone> = {
  unknown: 'neutral',
  reachable: 'success',
  unreachable: 'danger',
}
