/** The permissions there are, and their words in the language on screen. */
import { useI18n } from 'vue-i18n'

import { api, call, type Answer } from '@/api'

export type Permission = Answer<'/api/v2/permissions', 'get'>[number]

export interface PermissionGroup {
  group: string
  permissions: Permission[]
}

export const fetchPermissions = () => call(api.GET('/api/v2/permissions'))

/** The same permissions under their headings, in the order of the catalogue. */
export function grouped(catalogue: readonly Permission[]): PermissionGroup[] {
  const groups = new Map<string, Permission[]>()
  for (const permission of catalogue) {
    groups.set(permission.group, [...(groups.get(permission.group) ?? []), permission])
  }
  return [...groups].map(([group, permissions]) => ({ group, permissions }))
}

export function usePermissionText() {
  const { t, te } = useI18n()

  /** The catalogue on the server may know a permission that this console does not. */
  const known = (key: string, otherwise: string) => (te(key) || te(key, 'en') ? t(key) : otherwise)

  return {
    nameOf: (permission: { key: string }) => known(`shell.permission.${permission.key}.name`, permission.key),
    textOf: (permission: Permission) =>
      known(`shell.permission.${permission.key}.text`, permission.description),
    groupName: (group: string) => known(`shell.permissionGroup.${group}`, group),
  }
}
