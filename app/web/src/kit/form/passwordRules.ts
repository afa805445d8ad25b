/**
 * The rules a new password must meet, as the server judges them, so that a person sees them while typing. Whether it is
 * one of the most used passwords only the server knows.
 */
export const RULES = ['long-enough', 'not-all-digits', 'not-similar'] as const
export type Rule = (typeof RULES)[number]

const MIN_LENGTH = 8
const MAX_SIMILARITY = 0.7

/** The rules this password breaks. `ownData`: the person's username, names and email address. */
export function brokenRules(password: string, ownData: readonly string[]): Rule[] {
  const broken: Rule[] = []
  if ([...password].length < MIN_LENGTH) broken.push('long-enough')
  if (/^\p{Nd}+$/u.test(password)) broken.push('not-all-digits')
  if (isSimilar(password, ownData)) broken.push('not-similar')
  return broken
}

function isSimilar(password: string, ownData: readonly string[]): boolean {
  const wanted = password.toLowerCase()
  return ownData
    .flatMap((value) => [value.toLowerCase(), ...value.toLowerCase().split(/[^\p{L}\p{N}_]+/u)])
    .some((part) => part !== '' && similarity(wanted, part) >= MAX_SIMILARITY)
}

/** Twice the letters two texts share, in whatever order, divided by all their letters: 0 nothing, 1 all. */
function similarity(one: string, other: string): number {
  const left = new Map<string, number>()
  for (const letter of other) left.set(letter, (left.get(letter) ?? 0) + 1)
  let shared = 0
  for (const letter of one) {
    const count = left.get(letter) ?? 0
    if (count > 0) {
      shared += 1
      left.set(letter, count - 1)
    }
  }
  return (2 * shared) / ([...one].length + [...other].length)
}
