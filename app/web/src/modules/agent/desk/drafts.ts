/** Unsaved dispositions, one per call, written at every keystroke. */
import type { BrowserMemory } from './browser-memory'

export interface DispositionDraft {
  optionId: number | null
  comment: string
  subdisposition?: string | null
  /** In the option's form, by the names of its fields. */
  answers?: Record<string, string>
  /** Epoch milliseconds. */
  editedAt: number
}

/** Nobody comes back to a draft after this long. */
const KEPT_MS = 4 * 24 * 60 * 60 * 1000

const name = (callId: string) => `draft.${callId}`

export class Drafts {
  constructor(private readonly memory: BrowserMemory) {}

  of(callId: string): DispositionDraft | null {
    return this.memory.read<DispositionDraft>(name(callId))
  }

  keep(callId: string, draft: DispositionDraft): void {
    const isEmpty = draft.optionId === null && draft.comment === ''
    if (isEmpty && Object.keys(draft.answers ?? {}).length === 0) this.drop(callId)
    else this.memory.write(name(callId), draft)
  }

  drop(callId: string): void {
    this.memory.remove(name(callId))
  }

  dropOlderThan(now: number): void {
    for (const entry of this.memory.names('draft.')) {
      const draft = this.memory.read<DispositionDraft>(entry)
      if (!draft || now - draft.editedAt > KEPT_MS) this.memory.remove(entry)
    }
  }
}
