/** Which rows of a long list have to be in the page. */
export interface RowWindow {
  first: number
  /** Exclusive. */
  last: number
}

/** Rows kept ready above and below the visible ones, so that scrolling shows no gap. */
const SPARE_ROWS = 8

export function windowOf(count: number, rowPx: number, scrollTop: number, height: number): RowWindow {
  const first = Math.max(0, Math.floor(scrollTop / rowPx) - SPARE_ROWS)
  const last = Math.min(count, Math.ceil((scrollTop + height) / rowPx) + SPARE_ROWS)
  // The list may have become shorter than where it was scrolled to.
  return { first: Math.min(first, Math.max(0, last - 1)), last }
}
