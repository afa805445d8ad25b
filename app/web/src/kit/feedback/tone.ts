/** Meanings a colour may carry. `pause` is its own: neither good nor bad, and on every board. */
export type Tone = 'neutral' | 'success' | 'info' | 'warning' | 'danger' | 'pause'
