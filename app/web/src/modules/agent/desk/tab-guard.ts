/**
 * One desk per agent and browser: two tabs would register the same extension and steal each other's calls.
 *
 * The right is a Web Lock, which the browser takes back by itself when a tab is closed or crashes. A second tab can
 * ask for it; the first one gives it up unless a call is on its line.
 */
export type TabRole = 'waiting' | 'owner' | 'elsewhere' | 'elsewhere-on-call'

interface Message {
  kind: 'give-up' | 'on-call'
}

export interface TabGuardPorts {
  locks: Pick<LockManager, 'request'>
  channel: Pick<BroadcastChannel, 'postMessage' | 'close'> & {
    onmessage: ((event: MessageEvent) => void) | null
  }
  isOnCall: () => boolean
  onRole: (role: TabRole) => void
}

export class TabGuard {
  private release: (() => void) | null = null
  private role: TabRole = 'waiting'
  private closed = false

  constructor(
    private readonly name: string,
    private readonly ports: TabGuardPorts,
  ) {
    ports.channel.onmessage = (event: MessageEvent<Message>) => {
      this.onMessage(event.data)
    }
  }

  /** Takes the desk when no other tab has it; otherwise waits in line for that tab to be closed. */
  async enter(): Promise<void> {
    const wasFree = await new Promise<boolean>((resolve) => {
      void this.ports.locks.request(this.name, { ifAvailable: true }, (lock) => {
        resolve(lock !== null)
        return lock ? this.hold() : undefined
      })
    })
    if (!wasFree) this.waitInLine()
  }

  /** Asks the other tab to let go. */
  takeOver(): void {
    this.ports.channel.postMessage({ kind: 'give-up' } satisfies Message)
  }

  leave(): void {
    this.closed = true
    this.release?.()
    this.ports.channel.close()
  }

  private waitInLine(): void {
    this.setRole('elsewhere')
    void this.ports.locks.request(this.name, () => (this.closed ? undefined : this.hold()))
  }

  private hold(): Promise<void> {
    this.setRole('owner')
    return new Promise((resolve) => {
      this.release = resolve
    })
  }

  private onMessage(message: Message): void {
    if (message.kind === 'give-up' && this.role === 'owner') {
      if (this.ports.isOnCall()) {
        this.ports.channel.postMessage({ kind: 'on-call' } satisfies Message)
        return
      }
      this.setRole('elsewhere')
      this.release?.()
      this.release = null
      this.waitInLine()
    } else if (message.kind === 'on-call' && this.role === 'elsewhere') {
      this.setRole('elsewhere-on-call')
    }
  }

  private setRole(role: TabRole): void {
    this.role = role
    if (!this.closed) this.ports.onRole(role)
  }
}
