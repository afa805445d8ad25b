/** What the editor knows about Asterisk dialplan: enough to colour it. The server judges it. */
import type { Piece } from '@/kit'

const STEP = /^(\s*(?:exten|same)\s*)(=>?)(.*)$/

/** One line in pieces for colouring; the pieces joined are the line again. */
export function piecesOf(line: string): Piece[] {
  if (line === '') return []
  if (/^\s*;/.test(line)) return [{ kind: 'comment', text: line }]
  if (/^\s*\[/.test(line)) return [{ kind: 'head', text: line }]
  const step = STEP.exec(line)
  if (!step) return [{ kind: 'text', text: line }]
  const [, word = '', separator = '', rest = ''] = step
  return [{ kind: 'key', text: word }, { kind: 'separator', text: separator }, ...withComment(rest)]
}

/** A `;` begins a comment unless a backslash stands before it. */
function withComment(text: string): Piece[] {
  const at = /(?<!\\);/.exec(text)?.index ?? text.length
  const pieces = [
    { kind: 'value', text: text.slice(0, at) },
    { kind: 'comment', text: text.slice(at) },
  ]
  return pieces.filter((piece) => piece.text !== '')
}
