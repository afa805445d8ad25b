/** The parameters of Asterisk's AMD: what each of them may be, and what it is to begin with. */
import type { AmdSettings } from './api'

export const AMD_DEFAULTS: AmdSettings = {
  initial_silence_ms: 2500,
  greeting_ms: 1500,
  after_greeting_silence_ms: 800,
  total_analysis_ms: 5000,
  min_word_ms: 100,
  between_words_silence_ms: 50,
  max_words: 3,
  max_word_ms: 5000,
  silence_threshold: 256,
}

export const MOST_MILLISECONDS = 60_000

interface AmdField {
  name: keyof AmdSettings
  /** For the two that are not milliseconds. */
  max?: number
}

/** Samples of 16 bit are no louder than this. */
const LOUDEST = 32_767
const MOST_WORDS = 100

export const AMD_FIELDS: readonly AmdField[] = (Object.keys(AMD_DEFAULTS) as (keyof AmdSettings)[]).map(
  (name) => {
    if (name === 'max_words') return { name, max: MOST_WORDS }
    return name === 'silence_threshold' ? { name, max: LOUDEST } : { name }
  },
)
