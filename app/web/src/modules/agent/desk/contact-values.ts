/** A contact at the desk, as rules: what its card shows first, what a form may send, what is still missing. Pure. */
import type { CardColumn, ContactCard } from '../api'

export type Values = Record<string, string>

/** What names a contact in a list: its first words, else its main phone. */
export function contactTitle(
  contact: Pick<ContactCard, 'phone' | 'values'>,
  columns: readonly CardColumn[],
): string {
  const words = columns
    .filter(({ role }) => role === 'data')
    .map(({ key }) => contact.values[key]?.trim() ?? '')
  return words.filter(Boolean).slice(0, 2).join(' ') || contact.phone
}

/** The line below: phones and the external id. */
export function contactFacts(contact: Pick<ContactCard, 'values'>, columns: readonly CardColumn[]): string[] {
  return columns
    .filter(({ role }) => role !== 'data')
    .map(({ key }) => contact.values[key]?.trim() ?? '')
    .filter(Boolean)
}

/** May this column be written? A locked one only in a new contact. */
export function isWritable(column: CardColumn, isNew: boolean): boolean {
  return isNew || !column.is_locked
}

/** What the agent changed; nothing else is sent, so that nobody's change of another column is undone. */
export function changedValues(before: Values, after: Values): Values {
  return Object.fromEntries(
    Object.entries(after).filter(([key, value]) => value.trim() !== (before[key] ?? '')),
  )
}

/** Keys of required columns the agent could fill in and did not. The main phone is always required. */
export function missingKeys(columns: readonly CardColumn[], values: Values, isNew: boolean): string[] {
  const main = columns.find(({ role }) => role === 'phone')
  return columns
    .filter((column) => (column.is_required || column === main) && isWritable(column, isNew))
    .filter(({ key }) => !values[key]?.trim())
    .map(({ key }) => key)
}

/** The values a new contact begins with: the number of the call as its main phone. */
export function newValues(columns: readonly CardColumn[], number: string): Values {
  const main = columns.find(({ role }) => role === 'phone')
  return Object.fromEntries(columns.map(({ key }) => [key, key === main?.key ? number : '']))
}
