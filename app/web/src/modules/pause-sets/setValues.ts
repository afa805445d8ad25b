/** What the form of a pause set holds: every pause there is, whether it is in the set, and its limit in minutes. */
import type { Pause, PauseSet, PauseSetValues } from './api'

export interface PauseRow {
  pause_id: number
  name: string
  kind: Pause['kind']
  isIn: boolean
  /** Null is no limit. Agents think in minutes; the server keeps seconds. */
  limitMinutes: number | null
}

export interface SetForm {
  name: string
  rows: PauseRow[]
}

export const LONGEST_MINUTES = 480
const SUGGESTED_MINUTES = 15

/** A new set has all pauses that are breaks, with a limit; they are why sets are made. */
export function formOf(pauses: readonly Pause[], set: PauseSet | null): SetForm {
  const known = new Map((set?.pauses ?? []).map((entry) => [entry.pause_id, entry]))
  return {
    name: set?.name ?? '',
    rows: pauses.map(({ id, name, kind }) => {
      const entry = known.get(id)
      const seconds = entry?.limit_seconds ?? 0
      const suggested = set === null && kind === 'recreational' ? SUGGESTED_MINUTES : null
      return {
        pause_id: id,
        name,
        kind,
        isIn: set === null || entry !== undefined,
        limitMinutes: seconds > 0 ? Math.ceil(seconds / 60) : suggested,
      }
    }),
  }
}

/** A limit that was made by a program in odd seconds stays as it is unless its minutes were changed. */
export function bodyOf(form: SetForm, set: PauseSet | null): PauseSetValues {
  const known = new Map((set?.pauses ?? []).map((entry) => [entry.pause_id, entry.limit_seconds]))
  return {
    name: form.name,
    pauses: form.rows
      .filter((row) => row.isIn)
      .map((row) => {
        const before = known.get(row.pause_id) ?? 0
        const isUnchanged = before > 0 && Math.ceil(before / 60) === row.limitMinutes
        return {
          pause_id: row.pause_id,
          limit_seconds: isUnchanged ? before : (row.limitMinutes ?? 0) * 60,
        }
      }),
  }
}
