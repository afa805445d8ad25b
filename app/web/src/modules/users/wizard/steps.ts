/** The steps of making a user, and which fields belong to which. */
import type { UserValues } from '../userValues'

export const STEPS = ['role', 'person', 'password', 'group'] as const
export type StepKey = (typeof STEPS)[number]

export interface NewUserValues extends UserValues {
  password: string
  must_change_password: boolean
}

const FIELDS: Record<StepKey, readonly (keyof NewUserValues)[]> = {
  role: ['role_slug'],
  person: ['username', 'first_name', 'last_name', 'email', 'language'],
  password: ['password', 'must_change_password'],
  group: ['group_id'],
}

/** Only agents have a group. */
export function stepsFor(isAgent: boolean): StepKey[] {
  return STEPS.filter((step) => step !== 'group' || isAgent)
}

/** Where a refused field can be corrected. */
export function stepOfField(field: string): StepKey {
  return STEPS.find((step) => FIELDS[step].some((name) => name === field)) ?? 'role'
}

export type Lack = 'role' | 'username' | 'password' | 'weakPassword' | 'group'

/** What is missing in this step, by field. */
export function lacksOf(
  step: StepKey,
  values: NewUserValues,
  isWeak: boolean,
): Partial<Record<string, Lack>> {
  switch (step) {
    case 'role':
      return values.role_slug ? {} : { role_slug: 'role' }
    case 'person':
      return values.username.trim() ? {} : { username: 'username' }
    case 'password':
      if (!values.password) return { password: 'password' }
      return isWeak ? { password: 'weakPassword' } : {}
    case 'group':
      return values.group_id === null ? { group_id: 'group' } : {}
  }
}
