/** What the form of a customer identification holds, and how it becomes the server's body. */
import { destinationBody, HANGUP, type Destination } from '@/modules/telephony/things'

import type { Identification, IdentificationBody } from './api'

export type Mode = Identification['mode']
export const MODES: readonly Mode[] = ['ask-only', 'crm-decides', 'crm-routes']

export interface IdentificationValues {
  name: string
  mode: Mode
  url: string
  audio_id: number | null
  length: number
  timeout_seconds: number
  attempts: number
  identified: Destination
  unidentified: Destination
}

export const asksCrm = (mode: Mode): boolean => mode !== 'ask-only'

export function newValues(): IdentificationValues {
  return {
    name: '',
    mode: 'ask-only',
    url: '',
    audio_id: null,
    length: 0,
    timeout_seconds: 5,
    attempts: 1,
    identified: { type: 'inbound-campaign', id: null },
    unidentified: HANGUP,
  }
}

export function valuesOf(item: Identification): IdentificationValues {
  const { id: _id, used_by: _usedBy, ...rest } = item
  return {
    ...rest,
    url: item.url,
    identified: destinationBody(item.identified),
    unidentified: destinationBody(item.unidentified),
  }
}

/** `audio_id` must have been chosen. An address is not sent when nobody would be asked there. */
export function bodyOf(values: IdentificationValues): IdentificationBody {
  return {
    ...values,
    url: asksCrm(values.mode) ? values.url.trim() : '',
    audio_id: values.audio_id ?? 0,
    identified: destinationBody(values.identified),
    unidentified: destinationBody(values.unidentified),
  }
}

/** Whether a CRM can be asked there at all. */
export function isWebAddress(text: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(text.trim()).protocol)
  } catch {
    return false
  }
}
