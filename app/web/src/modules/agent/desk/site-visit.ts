/**
 * Opening a campaign's external site: in a frame of the desk or in a tab of its own, as an address or as a form.
 *
 * Tabs are cut off from this page, so that a foreign page can never take the desk, and with it the call, elsewhere.
 */
import type { SiteVisit } from '../api'

export type Opened = 'frame' | 'tab' | 'blocked' | 'server'

const ENCODINGS = {
  multipart: 'multipart/form-data',
  urlencoded: 'application/x-www-form-urlencoded',
  text: 'text/plain',
} as const

/** The form a POST is sent with, for the window or frame of this name. It is in no document yet. */
export function formOf(visit: SiteVisit, target: string, page: Document = document): HTMLFormElement {
  const form = page.createElement('form')
  form.method = 'post'
  form.action = visit.url
  form.target = target
  form.hidden = true
  form.acceptCharset = 'utf-8'
  form.enctype =
    visit.format && visit.format in ENCODINGS
      ? ENCODINGS[visit.format as keyof typeof ENCODINGS]
      : ENCODINGS.urlencoded
  for (const { name, value } of visit.fields) {
    const field = page.createElement('input')
    field.type = 'hidden'
    field.name = name
    field.value = value
    form.append(field)
  }
  return form
}

export function sendForm(visit: SiteVisit, target: string): void {
  const form = formOf(visit, target)
  document.body.append(form)
  // A field called "submit" would hide the form's own method.
  HTMLFormElement.prototype.submit.call(form)
  form.remove()
}

/** @returns "blocked" when the browser opens tabs only for a click */
export function openTab(visit: SiteVisit, name: string, open: typeof window.open = window.open): Opened {
  const tab = open('', name)
  if (!tab) return 'blocked'
  if (visit.method === 'POST') sendForm(visit, name)
  else tab.location.href = visit.url
  try {
    tab.opener = null
  } catch {
    // The tab of an earlier visit has gone to the foreign page already, and is cut off.
  }
  return 'tab'
}

/** When the desk opens the site by itself. With several contacts to choose from it waits for the choice. */
export function opensByItself(
  site: { trigger: string; target: string | null } | null,
  card: { contact: unknown; candidates: readonly unknown[] } | null,
): boolean {
  if (site?.trigger !== 'automatic' || card === null) return false
  return card.contact !== null || card.candidates.length === 0
}
