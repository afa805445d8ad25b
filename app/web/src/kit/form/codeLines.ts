/** Lines of a text in a code field: where a line stands, and errors the server gives by line. */

export interface Piece {
  /** Class the piece is coloured by: key, separator, value, placeholder, comment, head or text. */
  kind: string
  text: string
}

export interface LineError {
  /** Counts from 1; null for the text as a whole. */
  line: number | null
  message: string
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
