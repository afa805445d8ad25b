/** The short-lived SIP account of a webphone and the rule for renewing it in time. */

export interface SipAccount {
  /** `sip:<extension>@<realm>` */
  uri: string
  /** `<expiry>:<extension>` */
  authorizationUser: string
  password: string
  realm: string
  /** Where the signalling socket is: a path on our own host (`/ws/sip`) or a whole `wss:` address. */
  websocketPath: string
  /** Epoch milliseconds. */
  expiresAt: number
}

const EARLIEST_MS = 10_000
const LATEST_MS = 6 * 60 * 60 * 1000

/**
 * Milliseconds to wait before asking for the next account: at 80 % of what is left, so that a failed renewal
 * leaves time for several more tries. Bounded, because a browser's timer cannot be trusted with days.
 */
export function renewalDelay(expiresAt: number, now: number): number {
  const remaining = expiresAt - now
  return Math.max(EARLIEST_MS, Math.min(LATEST_MS, Math.floor(remaining * 0.8)))
}

export function signallingUrl(websocketPath: string, page: Pick<Location, 'protocol' | 'host'>): string {
  if (/^wss?:\/\//.test(websocketPath)) return websocketPath
  const scheme = page.protocol === 'http:' ? 'ws' : 'wss'
  return `${scheme}://${page.host}${websocketPath}`
}
