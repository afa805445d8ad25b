/** Words for a problem in the language on screen: the catalogue's for a known code, else the server's sentence. */
import { useI18n } from 'vue-i18n'

import type { ApiProblem, FieldProblem } from '@/api'

/** `dispositions.2.name` is `dispositions_name` in the catalogue: places in a list do not matter for the words. */
function placeOf(field: string): string {
  return field
    .split('.')
    .filter((part) => !/^\d+$/.test(part))
    .join('_')
}

export function useProblemText() {
  const { t, te } = useI18n()

  function known(key: string): string | null {
    return te(key) || te(key, 'en') ? t(key) : null
  }

  function problemText(problem: ApiProblem): string {
    // The call engine's own reason is more to the point than "refused".
    const reason = problem.code === 'engine-refused' ? problem.fields[0]?.code : undefined
    return (
      (reason && known(`problem.engine.${reason}`)) ??
      known(`problem.${problem.code}`) ??
      (problem.message || t('problem.unexpected-answer'))
    )
  }

  function fieldText(problem: FieldProblem): string {
    return (
      known(`problem.at.${placeOf(problem.field)}.${problem.code}`) ??
      known(`problem.field.${problem.code}`) ??
      problem.message
    )
  }

  return { problemText, fieldText }
}
