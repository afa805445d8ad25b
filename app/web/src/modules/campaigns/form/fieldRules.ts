/** What agents may do with the columns of the contact base, kept so that the server can accept it. */
import type { Column } from '../choices'
import type { CampaignValues } from './values'

export type RuleName = 'locked' | 'hidden' | 'required'
type Rules = CampaignValues['field_rules']

const NO_RULE = { locked: false, hidden: false, required: false }

/** The column that is called first; it cannot be hidden. */
export const mainPhone = (columns: readonly Column[]) =>
  columns.find((column) => column.role === 'phone')?.key

export const ruleOf = (rules: Rules, key: string) => rules[key] ?? NO_RULE

/**
 * Rules after one of them was set. Only a locked column is hidden, and nobody must fill in what is not shown: hiding
 * locks and does not require, unlocking and requiring show again. A column without any rule is left out.
 */
export function withRule(rules: Rules, key: string, name: RuleName, isSet: boolean): Rules {
  const rule = { ...ruleOf(rules, key), [name]: isSet }
  if (name === 'hidden' && isSet) Object.assign(rule, { locked: true, required: false })
  if ((name === 'locked' && !isSet) || (name === 'required' && isSet)) rule.hidden = false
  const { [key]: _before, ...others } = rules
  return rule.locked || rule.hidden || rule.required ? { ...others, [key]: rule } : others
}

/** Rules of columns that another base does not have are dropped, and its main phone is shown. */
export function rulesFor(rules: Rules, columns: readonly Column[]): Rules {
  const main = mainPhone(columns)
  const kept = Object.entries(rules).filter(([key]) => columns.some((column) => column.key === key))
  return Object.fromEntries(
    kept.map(([key, rule]) => [key, key === main ? { ...rule, hidden: false } : rule] as const),
  )
}
