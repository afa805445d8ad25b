/** Who may give which permission away: nobody more than they have. The server decides; this keeps refusals off the screen. */
import type { useSession } from '@/app/session/store'

type Session = Pick<ReturnType<typeof useSession>, 'can'>

/** Whoever makes agents gives these away without having them. */
const AGENTS_OWN = new Set(['agent.console', 'tokens.own'])

export function mayGive(session: Session, permission: string): boolean {
  return session.can(permission) || AGENTS_OWN.has(permission)
}
