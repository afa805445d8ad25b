/**
 * What the desk keeps in this browser so that a reload or a crash loses nothing. Keys carry the agent's id, because
 * agents share machines. A full or forbidden storage is not an error: the desk then only forgets sooner.
 */
export interface BrowserMemory {
  read: <T>(name: string) => T | null
  write: (name: string, value: unknown) => void
  remove: (name: string) => void
  names: (prefix: string) => string[]
}

export function browserMemory(agentId: number, storage: Storage = window.localStorage): BrowserMemory {
  const root = `oml.agent.${String(agentId)}.`
  return {
    read<T>(name: string): T | null {
      try {
        const text = storage.getItem(root + name)
        return text === null ? null : (JSON.parse(text) as T)
      } catch {
        return null
      }
    },
    write(name, value) {
      try {
        storage.setItem(root + name, JSON.stringify(value))
      } catch {
        // Quota or privacy mode.
      }
    },
    remove(name) {
      storage.removeItem(root + name)
    },
    names(prefix) {
      const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')
      return keys.filter((key) => key.startsWith(root + prefix)).map((key) => key.slice(root.length))
    },
  }
}
