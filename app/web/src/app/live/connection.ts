/**
 * The websocket `/ws/live` with everything a long-lived connection needs and nothing about what it carries:
 * reconnection with growing, jittered pauses, a watchdog for silence, and a state people can be told about.
 */

export type ConnectionState = 'idle' | 'connecting' | 'live' | 'reconnecting'

export interface ConnectionOptions {
  url: string
  onMessage: (message: unknown) => void
  onState: (state: ConnectionState) => void
  /** The server refused because nobody is signed in; the connection has stopped trying. */
  onSignedOut: () => void
  /** Opens a socket; replaced in tests by a scripted peer. */
  open?: (url: string) => WebSocket
  /** Uniform in [0, 1); spreads the reconnections of a whole floor after a server restart. */
  random?: () => number
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000
/** The server pings more often than this; silence for longer means the path is gone although no close arrived. */
const SILENCE_LIMIT_MS = 45_000
/** Close code of a refused websocket: 4000 + the HTTP status it would have been. */
const NOT_SIGNED_IN = 4401

export class LiveConnection {
  private socket: WebSocket | null = null
  private failures = 0
  private pauseTimer: number | undefined
  private silenceTimer: number | undefined
  private wanted = false

  constructor(private readonly options: ConnectionOptions) {
    window.addEventListener('online', () => {
      if (this.wanted && this.pauseTimer !== undefined) this.connect()
    })
  }

  start(): void {
    if (this.wanted) return
    this.wanted = true
    this.failures = 0
    this.options.onState('connecting')
    this.connect()
  }

  stop(): void {
    this.wanted = false
    this.dropSocket()
    this.options.onState('idle')
  }

  private connect(): void {
    this.dropSocket()
    const socket = (this.options.open ?? ((url) => new WebSocket(url)))(this.options.url)
    this.socket = socket
    this.watchSilence()
    socket.onmessage = (event: MessageEvent<string>) => {
      this.watchSilence()
      this.failures = 0
      this.options.onState('live')
      this.options.onMessage(JSON.parse(event.data))
    }
    socket.onclose = (event: CloseEvent) => {
      if (this.socket !== socket) return
      if (event.code === NOT_SIGNED_IN) {
        this.stop()
        this.options.onSignedOut()
      } else {
        this.reconnectLater()
      }
    }
  }

  private reconnectLater(): void {
    this.dropSocket()
    if (!this.wanted) return
    this.options.onState('reconnecting')
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures)
    this.failures += 1
    const pause = longest * (0.5 + 0.5 * (this.options.random ?? Math.random)())
    this.pauseTimer = window.setTimeout(() => {
      this.connect()
    }, pause)
  }

  private watchSilence(): void {
    window.clearTimeout(this.silenceTimer)
    this.silenceTimer = window.setTimeout(() => {
      this.reconnectLater()
    }, SILENCE_LIMIT_MS)
  }

  private dropSocket(): void {
    window.clearTimeout(this.pauseTimer)
    window.clearTimeout(this.silenceTimer)
    this.pauseTimer = undefined
    const socket = this.socket
    this.socket = null
    if (!socket) return
    socket.onmessage = null
    socket.onclose = null
    socket.close()
  }
}
