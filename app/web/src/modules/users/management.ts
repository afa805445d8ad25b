/** Which users the signed-in person may change; the server decides, this keeps refused actions off the screen. */
import { mayGive } from '@/app/permissions/giving'
import { useSession } from '@/app/session/store'

import type { Role } from './api'

const ADMINISTRATOR = 'administrator'
const WORKS_AS_AGENT = 'agent.console'

export function isAgentRole(role: Pick<Role, 'permissions'> | undefined): boolean {
  return role?.permissions.includes(WORKS_AS_AGENT) ?? false
}

export function useUserManagement() {
  const session = useSession()

  /** Nobody manages users of a role that may more than they do. */
  function mayManage(role: Pick<Role, 'slug' | 'permissions'> | undefined): boolean {
    if (!role) return false
    const isAllowed =
      role.slug === ADMINISTRATOR
        ? session.can('users.write-administrators')
        : session.can('users.write') || (isAgentRole(role) && session.can('users.write-agents'))
    return isAllowed && role.permissions.every((permission) => mayGive(session, permission))
  }

  const mayCreate = () => session.can('users.write') || session.can('users.write-agents')

  function isOneself(userId: number): boolean {
    return session.me?.user.id === userId
  }

  return { mayManage, mayCreate, isOneself }
}
