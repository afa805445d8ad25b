/** What the editor knows about wizard text: enough to colour it and to place errors. The server judges it. */

export type PieceKind = 'key' | 'separator' | 'value' | 'placeholder' | 'comment' | 'text'

export interface Piece {
  kind: PieceKind
  text: string
}

export interface LineError {
  /** Counts from 1; null for the text as a whole. */
  line: number | null
  message: string
}

/** A value the templates leave open, such as `****YOUR SIP_USERNAME****`. */
const PLACEHOLDER = /\*{2,}[^*]*\*{2,}/g

/** One line in pieces for colouring; the pieces joined are the line again. */
export function piecesOf(line: string): Piece[] {
  if (/^\s*;/.test(line)) return [{ kind: 'comment', text: line }]
  const at = line.indexOf('=')
  if (at < 0) return line === '' ? [] : [{ kind: 'text', text: line }]
  return [
    { kind: 'key', text: line.slice(0, at) },
    { kind: 'separator', text: '=' },
    ...valuePieces(line.slice(at + 1)),
  ]
}

function valuePieces(value: string): Piece[] {
  const pieces: Piece[] = []
  let done = 0
  for (const match of value.matchAll(PLACEHOLDER)) {
    if (match.index > done) pieces.push({ kind: 'value', text: value.slice(done, match.index) })
    pieces.push({ kind: 'placeholder', text: match[0] })
    done = match.index + match[0].length
  }
  if (done < value.length) pieces.push({ kind: 'value', text: value.slice(done) })
  return pieces
}

/** How many values of a template are still to be filled in. */
export function openPlaceholders(text: string): number {
  return text.match(PLACEHOLDER)?.length ?? 0
}

/** The server's error of the field, `line 3: …` per broken line, as errors with their places. */
export function lineErrors(error: string | undefined): LineError[] {
  if (!error) return []
  return error.split('\n').map((entry) => {
    const found = /^line (\d+): (.*)$/.exec(entry)
    return found ? { line: Number(found[1]), message: found[2] ?? '' } : { line: null, message: entry }
  })
}

/** Offset of the first letter of a line (counted from 1) and of its end, for selecting it. */
export function lineRange(text: string, line: number): [number, number] {
  const lines = text.split('\n')
  const start = lines.slice(0, line - 1).reduce((sum, before) => sum + before.length + 1, 0)
  return [start, start + (lines[line - 1]?.length ?? 0)]
}
