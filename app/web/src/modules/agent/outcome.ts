/** How the outcome of a call looks in lists. */
import type { Item } from '@/api'
import type { Tone } from '@/kit'

export type Outcome = Item<'/api/v2/calls'>['outcome']

const TONES: Record<string, Tone> = {
  answered: 'success',
  talking: 'info',
  waiting: 'warning',
  abandoned: 'danger',
  'abandoned-welcome': 'danger',
  timeout: 'warning',
  voicemail: 'info',
  dialing: 'info',
  busy: 'warning',
  'no-answer': 'warning',
  cancelled: 'neutral',
  unavailable: 'danger',
  congestion: 'danger',
  'no-route': 'danger',
  'trunk-full': 'danger',
  'unknown-did': 'neutral',
}

export function outcomeTone(outcome: string): Tone {
  return TONES[outcome] ?? 'neutral'
}
