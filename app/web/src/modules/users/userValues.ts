import type { User } from './api'

/** Who somebody is. */
export interface PersonValues {
  username: string
  first_name: string
  last_name: string
  email: string
  language: 'es' | 'en'
}

/** What the form of a user holds. */
export interface UserValues extends PersonValues {
  role_slug: string
  group_id: number | null
}

export const NO_VALUES: UserValues = {
  username: '',
  first_name: '',
  last_name: '',
  email: '',
  language: 'es',
  role_slug: '',
  group_id: null,
}

export function valuesOf(user: User): UserValues {
  const { username, first_name, last_name, email, language, role_slug } = user
  return {
    username,
    first_name,
    last_name,
    email,
    language,
    role_slug,
    group_id: user.agent?.group_id ?? null,
  }
}

/** Only agents have a group; one chosen before the role was changed is not sent. */
export function bodyOf<V extends UserValues>(values: V, isAgent: boolean): V {
  return { ...values, group_id: isAgent ? values.group_id : null }
}

/** What a password must not resemble. */
export function ownDataOf(person: Omit<PersonValues, 'language'>): string[] {
  return [person.username, person.first_name, person.last_name, person.email]
}
