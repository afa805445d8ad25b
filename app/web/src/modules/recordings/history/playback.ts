/** Keys and speeds of the recording player. */
export const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2] as const
export const SKIP_SECONDS = 5

export type PlayerCommand = 'toggle' | 'back' | 'forward' | 'slower' | 'faster' | 'start'

const KEYS: Record<string, PlayerCommand> = {
  k: 'toggle',
  j: 'back',
  l: 'forward',
  ArrowLeft: 'back',
  ArrowRight: 'forward',
  '<': 'slower',
  '>': 'faster',
  Home: 'start',
}

/** Keys count only outside of fields, and never together with Ctrl, Alt or Meta. */
export function playerCommand(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey'> & { target: EventTarget | null },
): PlayerCommand | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null
  const field = event.target instanceof HTMLElement ? event.target.closest('input, textarea, select') : null
  const isSlider = field instanceof HTMLInputElement && field.type === 'range'
  if (field && !isSlider) return null
  return KEYS[event.key] ?? null
}

export function nextSpeed(speed: number, step: 1 | -1): number {
  const index = SPEEDS.findIndex((candidate) => candidate === speed)
  return SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, index + step))] ?? 1
}

export function clampPosition(seconds: number, length: number): number {
  return Math.max(0, Math.min(length, seconds))
}
