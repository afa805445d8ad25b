/**
 * Shortcuts that move the agent somewhere (open the pause menu, focus the disposition) instead of doing something.
 * The listener raises a counter; the component concerned watches it.
 */
import { reactive } from 'vue'

export type Place = 'pause-menu' | 'disposition' | 'keypad' | 'help'

const counters = reactive<Record<Place, number>>({ 'pause-menu': 0, disposition: 0, keypad: 0, help: 0 })

export function summon(place: Place): void {
  counters[place] += 1
}

/** For `watch`: changes each time somebody is sent to the place. */
export function summonsTo(place: Place): () => number {
  return () => counters[place]
}
