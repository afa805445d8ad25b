/** Which users the signed-in person may change; the server decides, this keeps refused actions off the screen. */
import { useSession } from '@/app/session/store'

export const AGENT = 'agent'
const ADMINISTRATOR = 'administrator'

export function useUserManagement() {
  const session = useSession()

  function mayManage(roleSlug: string): boolean {
    if (roleSlug === ADMINISTRATOR) return session.can('users.write-administrators')
    if (session.can('users.write')) return true
    return roleSlug === AGENT && session.can('users.write-agents')
  }

  function isOneself(userId: number): boolean {
    return session.me?.user.id === userId
  }

  return { mayManage, isOneself }
}
