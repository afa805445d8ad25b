/** What the form of an IVR holds, and how it becomes the server's body. */
import { destinationBody, HANGUP, isComplete, type Destination } from '@/modules/telephony/things'

import type { Ivr, IvrBody } from './api'

export type Digit = Ivr['options'][number]['digit']

/** In the order of a telephone's keys. */
export const DIGITS: readonly Digit[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

export interface OptionValues {
  digit: Digit
  destination: Destination
  /** For showing the destination before the choices are loaded. */
  name: string | null
}

export interface IvrValues {
  name: string
  description: string
  audio_id: number | null
  timeout_seconds: number
  timeout_retries: number
  timeout_audio_id: number | null
  timeout: Destination
  invalid_retries: number
  invalid_audio_id: number | null
  invalid: Destination
  options: OptionValues[]
}

const newOption = (digit: Digit): OptionValues => ({
  digit,
  destination: { type: 'inbound-campaign', id: null },
  name: null,
})

export function newValues(): IvrValues {
  return {
    name: '',
    description: '',
    audio_id: null,
    timeout_seconds: 5,
    timeout_retries: 1,
    timeout_audio_id: null,
    timeout: HANGUP,
    invalid_retries: 1,
    invalid_audio_id: null,
    invalid: HANGUP,
    options: [newOption('1')],
  }
}

export function valuesOf(ivr: Ivr): IvrValues {
  const { id: _id, used_by: _usedBy, ...rest } = ivr
  return {
    ...rest,
    timeout: destinationBody(ivr.timeout),
    invalid: destinationBody(ivr.invalid),
    options: ivr.options.map(({ digit, destination }) => ({
      digit,
      destination: destinationBody(destination),
      name: destination.name,
    })),
  }
}

/** `audio_id` must have been chosen. */
export function bodyOf(values: IvrValues): IvrBody {
  return {
    ...values,
    audio_id: values.audio_id ?? 0,
    timeout: destinationBody(values.timeout),
    invalid: destinationBody(values.invalid),
    options: values.options.map(({ digit, destination }) => ({
      digit,
      destination: destinationBody(destination),
    })),
  }
}

/** The keys that no option has yet. */
export function freeDigits(options: readonly OptionValues[]): Digit[] {
  const taken = new Set(options.map((option) => option.digit))
  return DIGITS.filter((digit) => !taken.has(digit))
}

/** An option for the first free key; null when all twelve have one. */
export function nextOption(options: readonly OptionValues[]): OptionValues | null {
  const [digit] = freeDigits(options)
  return digit === undefined ? null : newOption(digit)
}

export interface OptionError {
  index: number
  what: 'digit' | 'destination'
}

/** Places of the options that cannot be sent: a key twice, or nowhere to go. */
export function optionErrors(options: readonly OptionValues[]): OptionError[] {
  return options.flatMap((option, index): OptionError[] => {
    const first = options.findIndex((other) => other.digit === option.digit)
    if (first !== index) return [{ index, what: 'digit' }]
    return isComplete(option.destination) ? [] : [{ index, what: 'destination' }]
  })
}
