/** Words for a problem in the language on screen: the catalogue's for a known code, else the server's sentence. */
import { useI18n } from 'vue-i18n'

import type { ApiProblem, FieldProblem } from '@/api'

export function useProblemText() {
  const { t, te } = useI18n()

  function known(key: string): string | null {
    return te(key) || te(key, 'en') ? t(key) : null
  }

  function problemText(problem: ApiProblem): string {
    return known(`problem.${problem.code}`) ?? (problem.message || t('problem.unexpected-answer'))
  }

  /** The server's sentence names values the catalogue cannot know, so it wins where no translation is needed. */
  function fieldText(problem: FieldProblem): string {
    return known(`problem.field.${problem.code}`) ?? problem.message
  }

  return { problemText, fieldText }
}
