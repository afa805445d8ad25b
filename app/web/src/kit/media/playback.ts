/** Keeps two players of a list from sounding at once. */

let playing: HTMLAudioElement | null = null

export function claimPlayback(element: HTMLAudioElement): void {
  if (playing && playing !== element) playing.pause()
  playing = element
}

export function releasePlayback(element: HTMLAudioElement): void {
  element.pause()
  if (playing === element) playing = null
}
