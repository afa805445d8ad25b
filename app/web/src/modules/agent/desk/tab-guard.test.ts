import { describe, expect, it } from 'vitest'

import { TabGuard, type TabRole } from './tab-guard'

/** One lock with a queue, as the browser's LockManager keeps it for all tabs of a site. */
class LockOfOneName {
  private held = false
  private readonly line: (() => void)[] = []

  request(_name: string, ...rest: unknown[]): Promise<unknown> {
    const callback = rest.at(-1) as (lock: object | null) => Promise<void> | undefined
    const options = (rest.length > 1 ? rest[0] : {}) as { ifAvailable?: boolean }
    if (options.ifAvailable && this.held) return Promise.resolve(callback(null))
    return new Promise((resolve) => {
      const take = () => {
        this.held = true
        void Promise.resolve(callback({})).then(() => {
          this.held = false
          this.line.shift()?.()
          resolve(undefined)
        })
      }
      if (this.held) this.line.push(take)
      else take()
    })
  }
}

class Channel {
  static open: Channel[] = []
  onmessage: ((event: MessageEvent) => void) | null = null
  constructor() {
    Channel.open.push(this)
  }
  postMessage(data: unknown): void {
    for (const other of Channel.open) if (other !== this) other.onmessage?.({ data } as MessageEvent)
  }
  close(): void {
    Channel.open = Channel.open.filter((one) => one !== this)
  }
}

function tabs(count: number) {
  const locks = new LockOfOneName() as unknown as LockManager
  return Array.from({ length: count }, () => {
    const roles: TabRole[] = []
    const tab = { roles, isOnCall: false, guard: null as unknown as TabGuard, role: () => roles.at(-1) }
    tab.guard = new TabGuard('desk', {
      locks,
      channel: new Channel() as unknown as BroadcastChannel,
      isOnCall: () => tab.isOnCall,
      onRole: (role) => roles.push(role),
    })
    return tab
  })
}

const settle = () => new Promise((resolve) => setTimeout(resolve))

describe('TabGuard', () => {
  it('gives the desk to the first tab and tells the second', async () => {
    const [first, second] = tabs(2)
    await first!.guard.enter()
    await second!.guard.enter()
    expect(first!.role()).toBe('owner')
    expect(second!.role()).toBe('elsewhere')
  })

  it('moves the desk when the first tab is closed', async () => {
    const [first, second] = tabs(2)
    await first!.guard.enter()
    await second!.guard.enter()
    first!.guard.leave()
    await settle()
    expect(second!.role()).toBe('owner')
  })

  it('moves it on request, and back again', async () => {
    const [first, second] = tabs(2)
    await first!.guard.enter()
    await second!.guard.enter()
    second!.guard.takeOver()
    await settle()
    expect([first!.role(), second!.role()]).toEqual(['elsewhere', 'owner'])
    first!.guard.takeOver()
    await settle()
    expect([first!.role(), second!.role()]).toEqual(['owner', 'elsewhere'])
  })

  it('never takes a call away', async () => {
    const [first, second] = tabs(2)
    await first!.guard.enter()
    await second!.guard.enter()
    first!.isOnCall = true
    second!.guard.takeOver()
    await settle()
    expect([first!.role(), second!.role()]).toEqual(['owner', 'elsewhere-on-call'])
  })
})
