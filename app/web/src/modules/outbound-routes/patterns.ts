/** Dialling patterns: enough to explain one while it is written. The server decides which route takes a number. */
import type { OutboundRoute } from './api'

export type Pattern = OutboundRoute['patterns'][number]

const ELEMENT = /X|Z|N|\[[0-9-]+\]|[0-9*#+]|[.!]$/y
const CHOICES: Record<string, string> = { X: '0', Z: '1', N: '2' }

/** The elements of an Asterisk pattern, such as `['[1-9]', 'X', '.']`; null when it is not one. */
export function elementsOf(match: string): string[] | null {
  const elements: string[] = []
  ELEMENT.lastIndex = 0
  while (ELEMENT.lastIndex < match.length) {
    const found = ELEMENT.exec(match)
    if (!found) return null
    elements.push(found[0])
  }
  return elements.length > 0 ? elements : null
}

/** A number the pattern takes, and what the trunk would receive for it; null for what is not a pattern. */
export function exampleOf({ prepend, prefix, match }: Pattern): { dialled: string; sent: string } | null {
  const elements = elementsOf(match)
  if (!elements) return null
  const rest = elements
    .map((element, index) => {
      if (element === '.' || element === '!') return element === '.' ? '5' : ''
      // Rising digits make it plain which part of the number is which.
      if (element === 'X') return String(index % 10)
      if (element.startsWith('[')) return element[1] ?? ''
      return CHOICES[element] ?? element
    })
    .join('')
  return { dialled: prefix + rest, sent: prepend + rest }
}

export const newPattern = (): Pattern => ({ prepend: '', prefix: '', match: '' })
