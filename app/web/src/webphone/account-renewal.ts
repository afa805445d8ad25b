/** Keeps a valid SIP account at hand: fetches the first one, renews it in time, tries again when that fails. */
import { retryDelay } from './backoff'
import { renewalDelay, type SipAccount } from './credentials'

export interface AccountRenewalPorts {
  fetchAccount: () => Promise<SipAccount>
  onAccount: (account: SipAccount) => void
  /** The next try happens at `retryAt` (epoch milliseconds). */
  onFailure: (retryAt: number) => void
}

export class AccountRenewal {
  private timer: ReturnType<typeof setTimeout> | undefined
  private failures = 0
  /** Counts starts and stops, so that an answer that arrives after a stop is thrown away. */
  private generation = 0

  constructor(private readonly ports: AccountRenewalPorts) {}

  /** Fetches now; the present wait, if any, is skipped. */
  async renew(): Promise<void> {
    clearTimeout(this.timer)
    const generation = ++this.generation
    try {
      const account = await this.ports.fetchAccount()
      if (generation !== this.generation) return
      this.failures = 0
      this.wait(renewalDelay(account.expiresAt, Date.now()))
      this.ports.onAccount(account)
    } catch {
      if (generation !== this.generation) return
      this.failures += 1
      const delay = retryDelay(this.failures + 1, Math.random())
      this.wait(delay)
      this.ports.onFailure(Date.now() + delay)
    }
  }

  stop(): void {
    clearTimeout(this.timer)
    this.generation += 1
  }

  private wait(delay: number): void {
    this.timer = setTimeout(() => void this.renew(), delay)
  }
}
