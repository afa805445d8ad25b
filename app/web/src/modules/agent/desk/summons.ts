/**
 * Shortcuts that move the agent somewhere (open the pause menu, focus the disposition) instead of doing something.
 * The listener raises a counter; the component concerned watches it.
 */
import { reactive } from 'vue'

export type Place = 'pause-menu' | 'disposition' | 'keypad' | 'dialler' | 'help'

/** A component that appears because of the summons may look back this far. */
const RECENT_MS = 1_000
const times = new Map<Place, number>()
const counters = reactive<Record<Place, number>>({
  'pause-menu': 0,
  disposition: 0,
  keypad: 0,
  dialler: 0,
  help: 0,
})

export function summon(place: Place): void {
  counters[place] += 1
  times.set(place, Date.now())
}

/** Whether somebody was sent to the place a moment ago, before the asking component was there. */
export function wasJustSummonedTo(place: Place): boolean {
  return Date.now() - (times.get(place) ?? 0) < RECENT_MS
}

/** For `watch`: changes each time somebody is sent to the place. */
export function summonsTo(place: Place): () => number {
  return () => counters[place]
}
