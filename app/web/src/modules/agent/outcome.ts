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
  'unknown-did': 'neutral',
}

export function outcomeTone(outcome: string): Tone {
  return TONES[outcome] ?? 'neutral'
}
