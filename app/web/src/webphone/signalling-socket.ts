/**
 * The websocket under the SIP stack, with our own way of coming back.
 *
 * JsSIP reconnects too, but tells nobody when, and its first retry takes at least two seconds. Here each wait is
 * announced (the agent sees a countdown), has jitter, and ends at once when the browser says the network is back.
 * JsSIP only hears of the first loss and of the new connection; its own retries find us already at work.
 */
import { retryDelay } from './backoff'
import type { Socket } from 'jssip/lib/Socket'

export type SocketStatus =
  | { kind: 'connecting'; attempt: number }
  | { kind: 'open' }
  | { kind: 'waiting'; attempt: number; retryAt: number }

/** A connection attempt without answer is given up after this long. */
const CONNECT_LIMIT_MS = 8_000
/** How long a healthy connection may take to answer a question. */
const PROBE_LIMIT_MS = 4_000

function ignore(): void {
  // nobody listens yet
}

export class SignallingSocket implements Socket {
  via_transport: string
  readonly sip_uri: string
  // Replaced by JsSIP's transport when it takes this socket.
  onconnect: () => void = ignore
  ondisconnect: (error: boolean, code?: number, reason?: string) => void = ignore
  ondata: (data: unknown) => void = ignore

  private socket: WebSocket | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private probeTimer: ReturnType<typeof setTimeout> | undefined
  private attempt = 0
  private wanted = false
  private announcedOpen = false

  constructor(
    readonly url: string,
    private readonly onStatus: (status: SocketStatus) => void,
  ) {
    const address = new URL(url)
    this.via_transport = address.protocol === 'ws:' ? 'WS' : 'WSS'
    this.sip_uri = `sip:${address.host};transport=ws`
  }

  connect(): void {
    if (this.wanted) return
    this.wanted = true
    this.attempt = 0
    window.addEventListener('online', this.retryNow)
    window.addEventListener('offline', this.drop)
    this.open()
  }

  disconnect(): void {
    this.wanted = false
    clearTimeout(this.timer)
    window.removeEventListener('online', this.retryNow)
    window.removeEventListener('offline', this.drop)
    this.close()
    this.announcedOpen = false
  }

  send(message: string | ArrayBufferLike | Blob | ArrayBufferView): boolean {
    if (!this.isConnected()) return false
    this.socket?.send(message as string)
    return true
  }

  isConnected(): boolean {
    return this.socket?.readyState === WebSocket.OPEN
  }

  isConnecting(): boolean {
    return this.socket?.readyState === WebSocket.CONNECTING
  }

  /** Skips the rest of the wait. */
  readonly retryNow = (): void => {
    if (!this.wanted || this.isConnected() || this.isConnecting()) return
    clearTimeout(this.timer)
    this.open()
  }

  /**
   * Asks something that must be answered. A path that broke without a word (a router, a sleeping laptop) leaves the
   * browser's websocket "open" for minutes; silence after a question tells in seconds.
   */
  probe(ask: () => void): void {
    if (!this.isConnected() || this.probeTimer !== undefined) return
    this.probeTimer = setTimeout(this.drop, PROBE_LIMIT_MS)
    ask()
  }

  /** Gives the present connection up (the network went away, or nothing answers on it) and starts over. */
  readonly drop = (): void => {
    if (!this.wanted || !this.socket) return
    this.close()
    this.lost(1006, 'no answer')
  }

  private open(): void {
    this.onStatus({ kind: 'connecting', attempt: this.attempt })
    const socket = new WebSocket(this.url, 'sip')
    socket.binaryType = 'arraybuffer'
    this.socket = socket
    this.timer = setTimeout(this.drop, CONNECT_LIMIT_MS)
    socket.onopen = () => {
      clearTimeout(this.timer)
      this.attempt = 0
      this.announcedOpen = true
      this.onStatus({ kind: 'open' })
      this.onconnect()
    }
    socket.onmessage = (event: MessageEvent<unknown>) => {
      this.endProbe()
      this.ondata(event.data)
    }
    socket.onclose = (event) => {
      this.socket = null
      this.lost(event.code, event.reason)
    }
  }

  private endProbe(): void {
    clearTimeout(this.probeTimer)
    this.probeTimer = undefined
  }

  private close(): void {
    this.endProbe()
    if (!this.socket) return
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null
    this.socket.close()
    this.socket = null
  }

  private lost(code: number, reason: string): void {
    clearTimeout(this.timer)
    this.endProbe()
    this.attempt += 1
    const delay = retryDelay(this.attempt, Math.random())
    this.timer = setTimeout(this.retryNow, delay)
    this.onStatus({ kind: 'waiting', attempt: this.attempt, retryAt: Date.now() + delay })
    if (!this.announcedOpen) return
    this.announcedOpen = false
    this.ondisconnect(true, code, reason)
  }
}
