/**
 * Languages of the console. Each module brings `locales/es.json` and `locales/en.json`; their keys live under the
 * module's id. All catalogues of one language are one chunk, loaded when that language is chosen.
 */
import { createI18n } from 'vue-i18n'

import { modules } from '../registry'
import type { Catalogue, Language } from '../module'

export const LANGUAGES: readonly Language[] = ['es', 'en']

const shellCatalogues: Record<Language, () => Promise<{ default: Catalogue }>> = {
  es: () => import('../locales/es.json'),
  en: () => import('../locales/en.json'),
}
const kitCatalogues: Record<Language, () => Promise<{ default: Catalogue }>> = {
  es: () => import('@/kit/locales/es.json'),
  en: () => import('@/kit/locales/en.json'),
}

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: {} as Record<Language, Catalogue>,
  missingWarn: import.meta.env.DEV,
  fallbackWarn: import.meta.env.DEV,
})

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.includes(value as Language)
}

/** The first language of the browser that the console speaks; English when it speaks none of them. */
export function browserLanguage(preferred: readonly string[] = navigator.languages): Language {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0]
    if (isLanguage(language)) return language
  }
  return 'en'
}

async function loadCatalogue(language: Language): Promise<Catalogue> {
  const parts = [shellCatalogues[language](), kitCatalogues[language]()]
  const named = modules.map(
    async (module) => [module.id, (await module.locales[language]()).default] as const,
  )
  const [shell, kit] = await Promise.all(parts)
  return { ...shell?.default, ...kit?.default, ...Object.fromEntries(await Promise.all(named)) }
}

/** Shows the console in a language; resolves when its words are there. */
export async function speak(language: Language): Promise<void> {
  if (!i18n.global.availableLocales.includes(language)) {
    i18n.global.setLocaleMessage(language, await loadCatalogue(language))
  }
  i18n.global.locale.value = language
  document.documentElement.lang = language
}
