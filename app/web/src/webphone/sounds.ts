/** The webphone's own sounds, generated: a ring and the beep before an automatic answer. */

/** Ring cadence: two short bursts, then silence, each 3 s. */
const RING_PERIOD_MS = 3_000

export class Sounds {
  private context: AudioContext | null = null
  private ringTimer: ReturnType<typeof setInterval> | undefined
  volume = 0.6

  /** Browsers let a page make sound only after the person did something on it; call this from such an event. */
  async unlock(): Promise<void> {
    this.context ??= new AudioContext()
    if (this.context.state === 'suspended') await this.context.resume().catch(() => undefined)
  }

  get isUnlocked(): boolean {
    return this.context?.state === 'running'
  }

  startRinging(): void {
    if (this.ringTimer !== undefined) return
    void this.unlock()
    const ringOnce = () => {
      this.tone([440, 554], 0, 0.4)
      this.tone([440, 554], 0.55, 0.4)
    }
    ringOnce()
    this.ringTimer = setInterval(ringOnce, RING_PERIOD_MS)
  }

  stopRinging(): void {
    clearInterval(this.ringTimer)
    this.ringTimer = undefined
  }

  /** Tells that the phone took a call by itself: the microphone is open now. */
  beep(): void {
    void this.unlock()
    this.tone([880], 0, 0.15)
    this.tone([1175], 0.17, 0.18)
  }

  private tone(frequencies: number[], afterSeconds: number, seconds: number): void {
    const context = this.context
    if (context?.state !== 'running') return
    const start = context.currentTime + afterSeconds
    const gain = context.createGain()
    gain.gain.setValueAtTime(0, start)
    gain.gain.linearRampToValueAtTime(this.volume / frequencies.length, start + 0.02)
    gain.gain.setValueAtTime(this.volume / frequencies.length, start + seconds - 0.05)
    gain.gain.linearRampToValueAtTime(0, start + seconds)
    gain.connect(context.destination)
    for (const frequency of frequencies) {
      const oscillator = context.createOscillator()
      oscillator.frequency.value = frequency
      oscillator.connect(gain)
      oscillator.start(start)
      oscillator.stop(start + seconds)
    }
  }
}
