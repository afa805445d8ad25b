/**
 * The agent's microphone: asked for once, kept warm while the phone is on, watched for being unplugged.
 *
 * Kept warm because opening a Bluetooth headset's microphone can take two seconds, which would swallow the
 * agent's greeting; and because an absent microphone must be known before a call is offered, not after.
 */
import type { MicrophoneProblem } from './state'

/** What an agent may tune; kept per browser. */
export interface AudioSettings {
  /** Empty: the system's default device. */
  microphoneId: string
  speakerId: string
  echoCancellation: boolean
  noiseSuppression: boolean
  autoGainControl: boolean
  ringVolume: number
}

export const defaultAudioSettings: AudioSettings = {
  microphoneId: '',
  speakerId: '',
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  ringVolume: 0.6,
}

const STORAGE_KEY = 'oml.webphone.audio'

export function loadAudioSettings(storage: Pick<Storage, 'getItem'>): AudioSettings {
  try {
    const saved = JSON.parse(storage.getItem(STORAGE_KEY) ?? '{}') as Partial<AudioSettings>
    return { ...defaultAudioSettings, ...saved }
  } catch {
    return defaultAudioSettings
  }
}

export function saveAudioSettings(storage: Pick<Storage, 'setItem'>, settings: AudioSettings): void {
  storage.setItem(STORAGE_KEY, JSON.stringify(settings))
}

export function microphoneProblem(error: unknown): MicrophoneProblem {
  const name = error instanceof Error ? error.name : ''
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied'
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing'
    case 'NotReadableError':
    case 'AbortError':
      return 'busy'
    default:
      return 'unknown'
  }
}

export class MicrophoneError extends Error {
  constructor(readonly problem: MicrophoneProblem) {
    super(`the microphone cannot be used: ${problem}`)
  }
}

export class Microphone {
  private stream: MediaStream | null = null

  /** @param onLost the open microphone stopped working (unplugged, taken away, permission withdrawn) */
  constructor(private readonly onLost: () => void) {}

  get isOpen(): boolean {
    return this.stream?.getAudioTracks().some((track) => track.readyState === 'live') ?? false
  }

  /**
   * Opens the microphone, or answers the one already open.
   * @returns the device's name as the system shows it
   * @throws MicrophoneError
   */
  async open(settings: AudioSettings): Promise<string> {
    // `mediaDevices` does not exist on a page that came over plain http.
    if (!('mediaDevices' in navigator)) throw new MicrophoneError('insecure')
    if (!this.isOpen) {
      this.close()
      try {
        this.stream = await navigator.mediaDevices.getUserMedia({ audio: constraints(settings) })
      } catch (error) {
        throw new MicrophoneError(microphoneProblem(error))
      }
      for (const track of this.stream.getAudioTracks()) track.addEventListener('ended', this.onLost)
    }
    return this.stream?.getAudioTracks()[0]?.label ?? ''
  }

  /** A copy for one call, so that muting or ending the call leaves the original alone. */
  copy(): MediaStream | null {
    return this.isOpen && this.stream ? this.stream.clone() : null
  }

  close(): void {
    for (const track of this.stream?.getTracks() ?? []) {
      track.removeEventListener('ended', this.onLost)
      track.stop()
    }
    this.stream = null
  }
}

function constraints(settings: AudioSettings): MediaTrackConstraints {
  return {
    // `ideal`, so that a headset left at home falls back to what is there.
    ...(settings.microphoneId ? { deviceId: { ideal: settings.microphoneId } } : {}),
    echoCancellation: settings.echoCancellation,
    noiseSuppression: settings.noiseSuppression,
    autoGainControl: settings.autoGainControl,
  }
}
