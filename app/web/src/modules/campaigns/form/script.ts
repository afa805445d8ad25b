/** The script agents read: text with the values of the contact put in where it says `{{column}}`. */
import type { Column } from '../choices'

export interface Piece {
  text: string
  /** A merge field: its column is in the base, or it is not. */
  field?: 'known' | 'unknown'
}

const FIELD = /\{\{\s*([^{}]*?)\s*\}\}/g

/** The script in pieces, with a sample value (`valueOf`) for each field the base has. */
export function piecesOf(
  script: string,
  columns: readonly Column[],
  valueOf: (column: Column) => string,
): Piece[] {
  const pieces: Piece[] = []
  let done = 0
  for (const match of script.matchAll(FIELD)) {
    if (match.index > done) pieces.push({ text: script.slice(done, match.index) })
    const column = columns.find(({ key, name }) => key === match[1] || name === match[1])
    pieces.push(column ? { text: valueOf(column), field: 'known' } : { text: match[0], field: 'unknown' })
    done = match.index + match[0].length
  }
  if (done < script.length) pieces.push({ text: script.slice(done) })
  return pieces
}

/** Fields of the script that the base does not have. */
export function unknownFields(script: string, columns: readonly Column[]): string[] {
  const unknown = piecesOf(script, columns, () => '').filter((piece) => piece.field === 'unknown')
  return [...new Set(unknown.map((piece) => piece.text))]
}

/** The text with a merge field put in place of what is selected, and where the cursor is then. */
export function withField(
  text: string,
  key: string,
  from: number,
  to: number,
): { text: string; cursor: number } {
  const field = `{{${key}}}`
  return { text: text.slice(0, from) + field + text.slice(to), cursor: from + field.length }
}
