/**
 * The only file that speaks JsSIP: one registered extension and at most one call.
 *
 * Turns the stack's callbacks into `PhoneEvent`s. It decides nothing about sounds, screens or microphones; the
 * caller hands in the media stream to answer with.
 */
import { UA } from 'jssip'
import type { DTMF_TRANSPORT } from 'jssip/lib/Constants'
import type { EndEvent, RTCSession } from 'jssip/lib/RTCSession'
import type { IncomingRTCSessionEvent, RTCSessionEvent, UnRegisteredEvent } from 'jssip/lib/UA'

import { retryDelay } from './backoff'
import type { SipAccount } from './credentials'
import { endCause, isMediaPathDown, registrationProblem } from './sip-causes'
import { QualityMeter, readTotals } from './quality'
import { readOffer } from './offer'
import { SignallingSocket, type SocketStatus } from './signalling-socket'
import type { EndCause, LineCause, PhoneEvent } from './state'

const STATISTICS_PERIOD_MS = 1_000
/** Host candidates arrive within milliseconds; a slow network adapter must not hold the answer up. */
const CANDIDATE_LIMIT_MS = 500
const REGISTER_EXPIRES_SECONDS = 120
/** How often a quiet connection is asked whether it is still there. */
const PROBE_PERIOD_MS = 5_000

/** JsSIP has it; its type declarations do not. */
type ProbingUA = UA & { sendOptions: (target: string, body?: string, options?: object) => void }

interface LiveCall {
  session: RTCSession
  sessionId: string
  media: MediaStream | null
  statistics: ReturnType<typeof setInterval> | undefined
}

export interface SipLinePorts {
  emit: (event: PhoneEvent) => void
  /** The registrar refused the account; a fresh one is needed before the next try. */
  onRefused: () => void
  playRemote: (stream: MediaStream | null) => void
}

export class SipLine {
  private readonly socket: SignallingSocket
  private readonly ua: UA
  private call: LiveCall | null = null
  private registerTimer: ReturnType<typeof setTimeout> | undefined
  private probeTimer: ReturnType<typeof setInterval> | undefined
  private refusals = 0
  private stopped = false
  private readonly registrar: string

  constructor(
    account: SipAccount,
    url: string,
    private readonly ports: SipLinePorts,
  ) {
    this.socket = new SignallingSocket(url, (status) => {
      this.onSocketStatus(status)
    })
    this.registrar = `sip:${account.realm}`
    this.ua = new UA({
      sockets: this.socket,
      uri: account.uri,
      authorization_user: account.authorizationUser,
      password: account.password,
      realm: account.realm,
      register_expires: REGISTER_EXPIRES_SECONDS,
      // A refresh that falls into a network gap would end the call.
      session_timers: false,
      user_agent: 'OMniLeads webphone',
    })
    this.ua.on('registered', () => {
      this.refusals = 0
      this.ports.emit({ type: 'line.registered', at: Date.now() })
      this.renewCallPath()
    })
    this.ua.on('registrationFailed', (event) => {
      this.onRegistrationFailed(event)
    })
    this.ua.on('newRTCSession', (event: RTCSessionEvent) => {
      this.onNewSession(event)
    })
    this.ua.on('disconnected', () => {
      this.onSignallingLost()
    })
  }

  start(): void {
    this.ports.emit({ type: 'line.starting' })
    this.ua.start()
    this.probeTimer = setInterval(this.probe, PROBE_PERIOD_MS)
    document.addEventListener('visibilitychange', this.probe)
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.registerTimer)
    clearInterval(this.probeTimer)
    document.removeEventListener('visibilitychange', this.probe)
    this.ua.stop()
    this.ports.emit({ type: 'line.stopped' })
  }

  /** Takes a renewed account; a call in progress does not notice. */
  useAccount(account: SipAccount): void {
    this.ua.set('authorization_user', account.authorizationUser)
    this.ua.set('password', account.password)
    if (this.ua.isConnected()) this.ua.register()
  }

  retryNow(): void {
    if (this.ua.isConnected()) this.registerAgain()
    else this.socket.retryNow()
  }

  answer(media: MediaStream, automatic: boolean): void {
    const call = this.call
    if (!call || call.session.isEstablished()) return
    call.media = media
    this.ports.emit({ type: 'call.answering', sessionId: call.sessionId, automatic })
    // No bundlePolicy: rtpengine's offer carries no BUNDLE group. No ICE servers: rtpengine is reached directly.
    call.session.answer({ mediaStream: media, pcConfig: { iceServers: [] } })
  }

  reject(): void {
    if (this.call && !this.call.session.isEstablished()) {
      this.call.session.terminate({ status_code: 486, reason_phrase: 'Busy Here', cause: 'Rejected' })
    }
  }

  hangUp(): void {
    if (this.call && !this.call.session.isEnded()) this.call.session.terminate()
  }

  /** Speaks through another microphone from now on, without touching the call. */
  async replaceMedia(media: MediaStream): Promise<void> {
    const call = this.call
    const [track] = media.getAudioTracks()
    const sender = call?.session.connection
      .getSenders()
      .find((candidate) => candidate.track?.kind === 'audio')
    if (!call || !track || !sender) return
    track.enabled = !call.session.isMuted().audio
    await sender.replaceTrack(track)
    for (const old of call.media?.getTracks() ?? []) old.stop()
    call.media = media
  }

  /** The far end is known to be gone although its BYE never arrived: end without waiting for anybody. */
  forget(): void {
    if (this.call) this.endCall(this.call, 'unknown')
  }

  setMuted(muted: boolean): void {
    if (!this.call?.session.isEstablished()) return
    if (muted) this.call.session.mute({ audio: true })
    else this.call.session.unmute({ audio: true })
  }

  setHeld(held: boolean): void {
    if (!this.call?.session.isEstablished()) return
    if (held) this.call.session.hold()
    else this.call.session.unhold()
  }

  /** @returns false when there is nobody to send them to */
  sendTones(tones: string): boolean {
    if (!this.call?.session.isEstablished()) return false
    // The declared enum exists at compile time only; JsSIP itself compares the string.
    this.call.session.sendDTMF(tones, { transportType: 'RFC2833' as DTMF_TRANSPORT, duration: 160 })
    return true
  }

  private readonly probe = (): void => {
    this.socket.probe(() => {
      ;(this.ua as ProbingUA).sendOptions(this.registrar)
    })
  }

  private onSocketStatus(status: SocketStatus): void {
    if (this.stopped) return
    if (status.kind === 'waiting') {
      const { attempt, retryAt } = status
      this.ports.emit({ type: 'line.lost', cause: 'network', attempt, retryAt })
    } else if (status.kind === 'connecting' && status.attempt > 0) {
      this.ports.emit({ type: 'line.lost', cause: 'network', attempt: status.attempt, retryAt: null })
    } else if (status.kind === 'open') {
      this.ports.emit({ type: 'line.starting' })
    }
  }

  /** An unanswered offer cannot be cancelled by the far end any more, so it ends here; a talking call goes on. */
  private onSignallingLost(): void {
    clearTimeout(this.registerTimer)
    if (this.call && !this.call.session.isEstablished()) this.endCall(this.call, 'connection-lost')
  }

  private onRegistrationFailed(event: UnRegisteredEvent): void {
    if (this.stopped || !this.ua.isConnected()) return
    const cause: LineCause = registrationProblem(event)
    this.refusals += 1
    const delay = retryDelay(this.refusals + 1, Math.random())
    this.ports.emit({ type: 'line.refused', cause, retryAt: Date.now() + delay })
    clearTimeout(this.registerTimer)
    this.registerTimer = setTimeout(() => {
      if (cause === 'refused') this.ports.onRefused()
      else this.registerAgain()
    }, delay)
  }

  private registerAgain(): void {
    clearTimeout(this.registerTimer)
    if (!this.ua.isConnected() || this.ua.isRegistered()) return
    this.ports.emit({ type: 'line.starting' })
    this.ua.register()
  }

  private onNewSession(event: RTCSessionEvent): void {
    if (event.session.direction !== 'incoming') return
    const { session, request } = event as IncomingRTCSessionEvent
    if (this.call) {
      session.terminate({ status_code: 486, reason_phrase: 'Busy Here' })
      return
    }
    const call: LiveCall = { session, sessionId: session.id, media: null, statistics: undefined }
    this.call = call
    this.watch(call)
    const details = readOffer(
      (name) => request.getHeader(name),
      session.remote_identity.uri.user,
      Object.keys((request as unknown as { headers: Record<string, unknown> }).headers),
    )
    this.ports.emit({ type: 'call.offered', sessionId: call.sessionId, details, at: Date.now() })
  }

  private watch(call: LiveCall): void {
    const { session, sessionId } = call
    const { emit } = this.ports
    session.on('peerconnection', ({ peerconnection }) => {
      this.watchMedia(call, peerconnection)
    })
    session.on('icecandidate', ({ ready }) => setTimeout(ready, CANDIDATE_LIMIT_MS))
    session.on('accepted', () => {
      emit({ type: 'call.answered', sessionId, at: Date.now() })
    })
    session.on('muted', () => {
      emit({ type: 'call.muted', sessionId, muted: true })
    })
    session.on('unmuted', () => {
      emit({ type: 'call.muted', sessionId, muted: false })
    })
    session.on('hold', ({ originator }) => {
      if (String(originator) === 'local') emit({ type: 'call.held', sessionId, held: true })
    })
    session.on('unhold', ({ originator }) => {
      if (String(originator) === 'local') emit({ type: 'call.held', sessionId, held: false })
    })
    const onEnd = (event: EndEvent) => {
      this.endCall(call, endCause(event))
    }
    session.on('ended', onEnd)
    session.on('failed', onEnd)
  }

  private watchMedia(call: LiveCall, connection: RTCPeerConnection): void {
    const meter = new QualityMeter()
    connection.addEventListener('track', ({ streams, track }) => {
      this.ports.playRemote(streams[0] ?? new MediaStream([track]))
    })
    connection.addEventListener('iceconnectionstatechange', () => {
      const interrupted = isMediaPathDown(connection.iceConnectionState)
      this.ports.emit({ type: 'call.media', sessionId: call.sessionId, interrupted })
      // A new network address: the media path has to be found again.
      if (interrupted && this.ua.isRegistered()) this.restartMedia(call)
    })
    const measure = async () => {
      const totals = readTotals(await connection.getStats(), Date.now())
      if (!totals || this.call !== call) return
      const quality = meter.add(totals)
      this.ports.emit({ type: 'call.quality', sessionId: call.sessionId, quality })
    }
    call.statistics = setInterval(() => void measure(), STATISTICS_PERIOD_MS)
  }

  /** Requests of the far end find the new connection by the registration; the sound may need a new path of its own. */
  private renewCallPath(): void {
    const call = this.call
    if (call?.session.isEstablished() && isMediaPathDown(call.session.connection.iceConnectionState)) {
      this.restartMedia(call)
    }
  }

  private restartMedia(call: LiveCall): void {
    call.session.renegotiate({ rtcOfferConstraints: { iceRestart: true } })
  }

  private endCall(call: LiveCall, cause: EndCause): void {
    if (this.call !== call) return
    this.call = null
    clearInterval(call.statistics)
    for (const track of call.media?.getTracks() ?? []) track.stop()
    this.ports.playRemote(null)
    if (!call.session.isEnded()) call.session.terminate()
    this.ports.emit({ type: 'call.ended', sessionId: call.sessionId, cause, at: Date.now() })
  }
}
