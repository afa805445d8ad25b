/** Digits for the other side: what may be sent, and what a pasted text means. */

export const DIAL_PAD: readonly string[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

/** Longest run sent at once; a longer paste is almost certainly not digits for a menu. */
const LONGEST_RUN = 64

export function isTone(key: string): boolean {
  return /^[0-9*#]$/.test(key)
}

/**
 * Keeps the digits of a pasted text (`"4111-1111 #"` becomes `41111111#`). A comma is a pause of two seconds,
 * as telephones have always written it. Answers an empty string when the text holds letters.
 */
export function tonesFromText(text: string): string {
  const tones = text.replace(/[\s().\-/]/g, '')
  return /^\+?[0-9*#,]+$/.test(tones) ? tones.replace('+', '').slice(0, LONGEST_RUN) : ''
}
