/** What the editor knows about wizard text: enough to colour it. The server judges it. */
import type { Piece } from '@/kit'

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
