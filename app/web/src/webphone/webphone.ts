/**
 * The agent's telephone: puts line, microphone, sounds and notifications together around one `PhoneState`.
 *
 * Lives as long as the agent is signed in and knows nothing of pages or routes, so navigation never touches a
 * call. It reads nothing but `state` to decide: every change goes through the reducer first.
 */
import { AccountRenewal } from './account-renewal'
import { Attention, type AttentionText } from './attention'
import { signallingUrl, type SipAccount } from './credentials'
import { showDiagnostics } from './diagnostics'
import { tonesFromText } from './dtmf'
import { Microphone, MicrophoneError, type AudioSettings } from './microphone'
import { answersAtOnce } from './offer'
import { SipLine } from './sip-line'
import { Sounds } from './sounds'
import {
  initialPhoneState,
  isCallLive,
  reducePhone,
  type MicrophoneProblem,
  type PhoneCall,
  type PhoneEvent,
  type PhoneState,
} from './state'

/** How long the end of a call stays on the phone's display. */
const ENDED_DISPLAY_MS = 4_000

export interface WebphonePorts {
  fetchAccount: () => Promise<SipAccount>
  /** What the desktop notification of an incoming call says, in the agent's language. */
  describeOffer: (call: PhoneCall) => AttentionText
  /** Takes the remote sound's element and the diagnostics; must stay in the page. */
  host: HTMLElement
  settings: AudioSettings
}

export type PhoneListener = (state: PhoneState, previous: PhoneState) => void

export class Webphone {
  private current = initialPhoneState
  private readonly listeners = new Set<PhoneListener>()
  private readonly sounds = new Sounds()
  private readonly attention = new Attention()
  private readonly speaker = document.createElement('audio')
  private readonly microphone = new Microphone(() => void this.onMicrophoneLost())
  private readonly renewal: AccountRenewal
  private line: SipLine | null = null
  private settings: AudioSettings
  private running = false

  constructor(private readonly ports: WebphonePorts) {
    this.settings = ports.settings
    this.speaker.autoplay = true
    ports.host.append(this.speaker)
    this.renewal = new AccountRenewal({
      fetchAccount: ports.fetchAccount,
      onAccount: (account) => {
        this.onAccount(account)
      },
      onFailure: (retryAt) => {
        // A working registration outlives a failed renewal for a while; nothing to show yet.
        if (this.state.line.kind === 'registered') return
        this.dispatch({ type: 'line.refused', cause: 'server', retryAt })
      },
    })
    showDiagnostics(ports.host, this.current)
  }

  get state(): PhoneState {
    return this.current
  }

  subscribe(listener: PhoneListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Opens the microphone and registers. Problems show in `state`; the phone keeps trying until `stop`. */
  async start(): Promise<void> {
    if (this.running) return
    this.running = true
    this.applySettings(this.settings)
    navigator.mediaDevices?.addEventListener('devicechange', this.onDevicesChanged)
    await this.connect()
  }

  /** Ends the call, unregisters, and gives the microphone back. */
  stop(): void {
    if (!this.running) return
    this.running = false
    navigator.mediaDevices?.removeEventListener('devicechange', this.onDevicesChanged)
    this.disconnect()
    this.microphone.close()
    this.sounds.stopRinging()
    this.attention.release()
  }

  /** Call from a click: lets the ring be heard and asks for desktop notifications. */
  async welcomeGesture(): Promise<void> {
    await Promise.all([this.sounds.unlock(), Attention.askPermission()])
  }

  get canRing(): boolean {
    return this.sounds.isUnlocked
  }

  answer(): void {
    this.pickUp(false)
  }

  reject(): void {
    this.line?.reject()
  }

  hangUp(): void {
    this.line?.hangUp()
  }

  setMuted(muted: boolean): void {
    this.line?.setMuted(muted)
  }

  setHeld(held: boolean): void {
    this.line?.setHeld(held)
  }

  /** @returns the tones sent; empty when the text holds none or nobody is on the line */
  sendTones(text: string): string {
    const tones = tonesFromText(text)
    return tones && this.line?.sendTones(tones) ? tones : ''
  }

  /** Skips the wait before the next try, or asks for the microphone again. */
  retryNow(): void {
    if (!this.running) return
    if (this.state.microphone.kind === 'failed' || !this.line) void this.connect()
    else this.line.retryNow()
  }

  /** The call engine says that this call is over although its end never reached the browser. */
  forgetCall(callId: string): void {
    if (isCallLive(this.state) && this.state.call?.details.callId === callId) this.line?.forget()
  }

  async useSettings(settings: AudioSettings): Promise<void> {
    this.applySettings(settings)
    if (!this.running) return
    this.microphone.close()
    await this.openMicrophone()
    await this.speakThroughPresentMicrophone()
  }

  testRing(): void {
    void this.sounds.unlock().then(() => {
      this.sounds.beep()
    })
  }

  private applySettings(settings: AudioSettings): void {
    this.settings = settings
    this.sounds.volume = settings.ringVolume
    if ('setSinkId' in this.speaker) void this.speaker.setSinkId(settings.speakerId).catch(() => undefined)
  }

  private async connect(): Promise<void> {
    if (!(await this.openMicrophone())) return
    this.dispatch({ type: 'line.starting' })
    await this.renewal.renew()
  }

  private disconnect(): void {
    this.renewal.stop()
    this.line?.stop()
    this.line = null
  }

  private onAccount(account: SipAccount): void {
    if (!this.running) return
    if (this.line) {
      this.line.useAccount(account)
      return
    }
    this.line = new SipLine(account, signallingUrl(account.websocketPath, window.location), {
      emit: (event) => {
        this.dispatch(event)
      },
      onRefused: () => void this.renewal.renew(),
      playRemote: (stream) => {
        this.speaker.srcObject = stream
        if (stream) void this.speaker.play().catch(() => undefined)
      },
    })
    this.line.start()
  }

  /** Without a microphone nobody could be heard, so the phone refuses to register and says why. */
  private async openMicrophone(): Promise<boolean> {
    this.dispatch({ type: 'microphone.asking' })
    try {
      const label = await this.microphone.open(this.settings)
      this.dispatch({ type: 'microphone.ready', label })
      return true
    } catch (error) {
      this.giveUpMicrophone(error instanceof MicrophoneError ? error.problem : 'unknown')
      return false
    }
  }

  private giveUpMicrophone(problem: MicrophoneProblem): void {
    this.dispatch({ type: 'microphone.failed', problem })
    if (isCallLive(this.state)) return
    this.disconnect()
    this.dispatch({ type: 'line.refused', cause: 'microphone', retryAt: null })
  }

  private async onMicrophoneLost(): Promise<void> {
    this.microphone.close()
    try {
      const label = await this.microphone.open(this.settings)
      this.dispatch({ type: 'microphone.ready', label })
      await this.speakThroughPresentMicrophone()
    } catch {
      this.giveUpMicrophone('lost')
    }
  }

  private readonly onDevicesChanged = (): void => {
    if (this.running && this.state.microphone.kind === 'failed') void this.recoverMicrophone()
  }

  private async recoverMicrophone(): Promise<void> {
    if (!(await this.openMicrophone())) return
    if (this.line) await this.speakThroughPresentMicrophone()
    else await this.connect()
  }

  private async speakThroughPresentMicrophone(): Promise<void> {
    const media = isCallLive(this.state) ? this.microphone.copy() : null
    if (media) await this.line?.replaceMedia(media)
  }

  private pickUp(automatic: boolean): void {
    if (this.state.call?.phase !== 'ringing') return
    const media = this.microphone.copy()
    if (media) this.line?.answer(media, automatic)
    else this.line?.reject()
  }

  private dispatch(event: PhoneEvent): void {
    const previous = this.current
    this.current = reducePhone(previous, event)
    if (this.current === previous) return
    showDiagnostics(this.ports.host, this.current)
    for (const listener of this.listeners) listener(this.current, previous)
    if (event.type === 'call.offered') this.onOffer()
    else if (event.type === 'call.answering') this.calmDown()
    else if (event.type === 'call.ended') this.onEnded(event.sessionId)
  }

  private onOffer(): void {
    const { call } = this.state
    if (call?.phase !== 'ringing') return
    const text = this.ports.describeOffer(call)
    if (answersAtOnce(call.details)) {
      this.attention.notify(text)
      this.sounds.beep()
      this.pickUp(true)
    } else {
      this.attention.call(text)
      this.sounds.startRinging()
    }
  }

  private onEnded(sessionId: string): void {
    this.calmDown()
    this.attention.release()
    setTimeout(() => {
      this.dispatch({ type: 'call.dismissed', sessionId })
    }, ENDED_DISPLAY_MS)
    if (this.running && !this.microphone.isOpen) this.giveUpMicrophone('lost')
  }

  private calmDown(): void {
    this.sounds.stopRinging()
    this.attention.calmTitleDown()
  }
}
