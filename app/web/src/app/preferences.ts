/** Choices of the person at this browser: language, colour scheme, time zone. Kept in local storage. */
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'

import { browserLanguage, isLanguage, speak } from './i18n'
import type { Language } from './module'

export type Theme = 'system' | 'light' | 'dark'
export const THEMES: readonly Theme[] = ['system', 'light', 'dark']

const LANGUAGE_KEY = 'oml.language'
const THEME_KEY = 'oml.theme'
const ZONE_KEY = 'oml.time-zone'

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null // storage can be forbidden by the browser's policy; the choice then lasts for this page
  }
}

function store(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // see stored()
  }
}

function storedTheme(): Theme {
  const value = stored(THEME_KEY)
  return THEMES.find((theme) => theme === value) ?? 'system'
}

export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

function isZone(value: string | null): value is string {
  if (!value) return false
  try {
    Intl.DateTimeFormat('en', { timeZone: value })
    return true
  } catch {
    return false
  }
}

export const usePreferences = defineStore('preferences', () => {
  const storedLanguage = stored(LANGUAGE_KEY)
  const storedZone = stored(ZONE_KEY)
  const language = ref<Language>(isLanguage(storedLanguage) ? storedLanguage : browserLanguage())
  const theme = ref<Theme>(storedTheme())
  /** IANA name chosen by the person, null to follow the browser. */
  const chosenZone = ref<string | null>(isZone(storedZone) ? storedZone : null)
  const timeZone = computed(() => chosenZone.value ?? browserZone())

  const darkSystem = window.matchMedia('(prefers-color-scheme: dark)')
  const systemIsDark = ref(darkSystem.matches)
  darkSystem.addEventListener('change', (event) => (systemIsDark.value = event.matches))
  const isDark = computed(() => (theme.value === 'system' ? systemIsDark.value : theme.value === 'dark'))

  watch(isDark, (dark) => document.documentElement.classList.toggle('oml-dark', dark), { immediate: true })
  watch(theme, (value) => {
    store(THEME_KEY, value)
  })
  watch(chosenZone, (value) => {
    store(ZONE_KEY, value)
  })

  async function chooseLanguage(chosen: Language): Promise<void> {
    await speak(chosen)
    language.value = chosen
    store(LANGUAGE_KEY, chosen)
  }

  return { language, theme, isDark, timeZone, chosenZone, chooseLanguage }
})
