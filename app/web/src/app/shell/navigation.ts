/** The navigation a person sees: the entries of all modules they may open, in groups. */
import { computed } from 'vue'

import { NAVIGATION_GROUPS, type NavigationEntry, type NavigationGroup } from '../module'
import { modules } from '../registry'
import { useSession } from '../session/store'

export interface NavigationSection {
  group: NavigationGroup
  entries: NavigationEntry[]
}

export function sectionsFor(
  can: (permission: string) => boolean,
  entries: NavigationEntry[],
): NavigationSection[] {
  return NAVIGATION_GROUPS.map((group) => ({
    group,
    entries: entries
      .filter((entry) => entry.group === group && can(entry.permission))
      .sort((a, b) => (a.order ?? 0) - (b.order ?? 0)),
  })).filter((section) => section.entries.length > 0)
}

export function useNavigation() {
  const session = useSession()
  const entries = modules.flatMap((module) => module.navigation ?? [])
  return computed(() => sectionsFor(session.can, entries))
}
