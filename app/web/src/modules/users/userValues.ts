import type { User } from './api'
import { AGENT } from './management'

/** What the form of a user holds. */
export interface UserValues {
  username: string
  first_name: string
  last_name: string
  email: string
  role_slug: string
  group_id: number | null
}

export const NO_VALUES: UserValues = {
  username: '',
  first_name: '',
  last_name: '',
  email: '',
  role_slug: '',
  group_id: null,
}

export function valuesOf(user: User): UserValues {
  const { username, first_name, last_name, email, role_slug } = user
  return { username, first_name, last_name, email, role_slug, group_id: user.agent?.group_id ?? null }
}

/** Only agents have a group; one chosen before the role was changed is not sent. */
export function bodyOf<V extends UserValues>(values: V): V {
  return { ...values, group_id: values.role_slug === AGENT ? values.group_id : null }
}
