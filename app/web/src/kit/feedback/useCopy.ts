/** Copies text and says so; browsers may refuse, then the text has to be selected by hand. */
import { useI18n } from 'vue-i18n'

import { notify } from './notices'

export function useCopy(): (text: string, doneText: string) => Promise<void> {
  const { t } = useI18n()
  return async (text, doneText) => {
    try {
      await navigator.clipboard.writeText(text)
      notify('success', doneText)
    } catch {
      notify('warning', t('kit.copyRefused'))
    }
  }
}
