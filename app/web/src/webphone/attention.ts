/** Calls the agent's eye when the console is in a background tab: a desktop notification and a flashing title. */

const FLASH_PERIOD_MS = 1_000

export interface AttentionText {
  title: string
  body: string
}

export class Attention {
  private notification: Notification | null = null
  private flashTimer: ReturnType<typeof setInterval> | undefined
  private calmTitle = ''

  /** Asks once; must be called from a click. */
  static async askPermission(): Promise<void> {
    if ('Notification' in window && Notification.permission === 'default') {
      await Notification.requestPermission().catch(() => undefined)
    }
  }

  /** Notification and flashing title, until released. */
  call(text: AttentionText): void {
    this.notify(text)
    this.flash(text.title)
  }

  /** Notification only, and only when the agent is looking elsewhere. */
  notify(text: AttentionText): void {
    this.release()
    if (!('Notification' in window) || Notification.permission !== 'granted' || document.hasFocus()) return
    const notification = new Notification(text.title, {
      body: text.body,
      tag: 'oml-call',
      requireInteraction: true,
    })
    notification.onclick = () => {
      window.focus()
      notification.close()
    }
    this.notification = notification
  }

  release(): void {
    this.notification?.close()
    this.notification = null
    this.calmTitleDown()
  }

  calmTitleDown(): void {
    if (this.flashTimer === undefined) return
    clearInterval(this.flashTimer)
    this.flashTimer = undefined
    document.title = this.calmTitle
  }

  private flash(title: string): void {
    this.calmTitle = document.title
    let isLoud = false
    const swap = () => {
      isLoud = !isLoud
      document.title = isLoud ? `● ${title}` : this.calmTitle
    }
    swap()
    this.flashTimer = setInterval(swap, FLASH_PERIOD_MS)
  }
}
