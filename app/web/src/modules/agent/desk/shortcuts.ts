/** Keyboard shortcuts of the desk: one table, used by the listener and by the help that shows them. */
export type ShortcutAction =
  'answer' | 'hang-up' | 'mute' | 'hold' | 'keypad' | 'dial' | 'pause-menu' | 'disposition' | 'help'

export interface Shortcut {
  action: ShortcutAction
  /** As `KeyboardEvent.key` gives it, in lower case. */
  key: string
  /** With Ctrl+Shift; without them the key counts only outside of fields. */
  withControlShift: boolean
}

export const SHORTCUTS: readonly Shortcut[] = [
  { action: 'answer', key: 'a', withControlShift: true },
  { action: 'hang-up', key: 'e', withControlShift: true },
  { action: 'mute', key: 'm', withControlShift: true },
  { action: 'hold', key: 'h', withControlShift: true },
  { action: 'keypad', key: 'd', withControlShift: true },
  { action: 'dial', key: 'l', withControlShift: true },
  { action: 'pause-menu', key: 'p', withControlShift: true },
  { action: 'disposition', key: 's', withControlShift: true },
  { action: 'help', key: '?', withControlShift: false },
]

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'> & {
  target: EventTarget | null
}

export function shortcutOf(event: KeyPress): ShortcutAction | null {
  if (event.altKey || event.metaKey) return null
  const key = event.key.toLowerCase()
  const found = SHORTCUTS.find((shortcut) =>
    shortcut.withControlShift
      ? event.ctrlKey && event.shiftKey && shortcut.key === key
      : !event.ctrlKey && shortcut.key === key && !isTyping(event.target),
  )
  return found?.action ?? null
}

/** What is printed on a keycap for it: `['Ctrl', 'Shift', 'A']`. */
export function keysOf(shortcut: Shortcut): string[] {
  const key = shortcut.key.toUpperCase()
  return shortcut.withControlShift ? ['Ctrl', 'Shift', key] : [key]
}

export function keysFor(action: ShortcutAction): string {
  const shortcut = SHORTCUTS.find((candidate) => candidate.action === action)
  return shortcut ? keysOf(shortcut).join('+') : ''
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable="true"]') !== null
  )
}
