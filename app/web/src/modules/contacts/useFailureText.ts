/** Why an import failed, in the language on screen. */
import { useI18n } from 'vue-i18n'

import type { ImportState } from './importing'

export function useFailureText() {
  const { t, te } = useI18n()
  return (failure: NonNullable<ImportState['failure']>): string => {
    const key = `contacts.failure.${failure.code}`
    return te(key) || te(key, 'en') ? t(key, { line: failure.line ?? 1 }) : failure.message
  }
}
