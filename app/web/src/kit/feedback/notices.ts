/**
 * Short messages after an action (toasts) and spoken-only announcements for screen readers.
 * `NoticeHost`, mounted once by the shell, shows and speaks them.
 */
import { reactive, readonly, ref } from 'vue'

export type NoticeKind = 'success' | 'info' | 'warning' | 'danger'

export interface Notice {
  id: number
  kind: NoticeKind
  text: string
  /** Until it is dismissed. */
  stays: boolean
}

const SHOWN_MS = 6000
const notices = reactive<Notice[]>([])
const polite = ref('')
const assertive = ref('')
const timers = new Map<number, number>()
let lastId = 0

function dismiss(id: number): void {
  window.clearTimeout(timers.get(id))
  timers.delete(id)
  const index = notices.findIndex((notice) => notice.id === id)
  if (index >= 0) notices.splice(index, 1)
}

/** Pauses the clock of every notice while the pointer or the focus is on them (WCAG 2.2.1). */
function hold(): void {
  for (const timer of timers.values()) window.clearTimeout(timer)
  timers.clear()
}

function release(): void {
  for (const notice of notices) startTimer(notice)
}

function startTimer(notice: Notice): void {
  if (notice.stays) return
  timers.set(
    notice.id,
    window.setTimeout(() => {
      dismiss(notice.id)
    }, SHOWN_MS),
  )
}

/**
 * Shows a message in the corner. Errors, and what `stays`, are there until dismissed; everything else leaves after some
 * seconds.
 */
export function notify(kind: NoticeKind, text: string, options: { stays?: boolean } = {}): void {
  const notice: Notice = { id: ++lastId, kind, text, stays: options.stays ?? kind === 'danger' }
  notices.push(notice)
  startTimer(notice)
}

/** Says something to screen readers only. `assertive` interrupts: keep it for a ringing call. */
export function announce(text: string, urgency: 'polite' | 'assertive' = 'polite'): void {
  const region = urgency === 'assertive' ? assertive : polite
  // The same text twice in a row is spoken only when the region changes in between.
  region.value = ''
  window.setTimeout(() => (region.value = text), 50)
}

export function useNotices() {
  return {
    notices: readonly(notices),
    polite: readonly(polite),
    assertive: readonly(assertive),
    dismiss,
    hold,
    release,
  }
}
