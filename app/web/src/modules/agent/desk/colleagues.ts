/**
 * The other agents, as people to call and as names on calls from them. Part of the desk's store.
 *
 * The server lists those at work, and only where the agent's group lets its agents call each other; elsewhere a call
 * from a colleague shows the extension alone.
 */
import { reactive } from 'vue'

import { fetchColleagues, type Colleague } from '../api'

/** Somebody to call, or who was called. */
export type ColleagueRef = Pick<Colleague, 'agent_id' | 'name' | 'extension'>

/** Others are shown with what they do, because people look for somebody, not for anybody. */
export function canTakeCall(colleague: Colleague): boolean {
  return colleague.status === 'READY'
}

/** Those who match what is typed, by the server's own rule: what stands in the list follows every key at once. */
export function matching(list: readonly Colleague[], search: string): Colleague[] {
  const wanted = search.trim().toLocaleLowerCase()
  return list.filter(
    ({ name, extension }) =>
      name.toLocaleLowerCase().includes(wanted) || String(extension).startsWith(wanted),
  )
}

/**
 * Where the choice stands in a list that has been read again: on the same person while they are listed, else on the
 * first; -1 in an empty list.
 */
export function keptPosition(list: readonly Colleague[], agentId: number | null): number {
  const position = list.findIndex((colleague) => colleague.agent_id === agentId)
  return position === -1 ? Math.min(0, list.length - 1) : position
}

export function useColleagues() {
  /** Names met so far, by extension. */
  const names = reactive(new Map<string, string>())

  /** Those who match, in the server's order. Rejects as every request does. */
  async function find(search: string): Promise<Colleague[]> {
    const found = await fetchColleagues(search)
    for (const { extension, name } of found) names.set(String(extension), name)
    return found
  }

  /** Looks up the name behind an extension; a name that cannot be had now is not worth a message. */
  async function learn(extension: string): Promise<void> {
    if (names.has(extension)) return
    try {
      await find(extension)
    } catch {
      return
    }
  }

  /** Empty while it is not known. */
  function nameAt(extension: string): string {
    return names.get(extension) ?? ''
  }

  return { find, learn, nameAt, forget: () => names.clear() }
}
