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
  const { t, te, locale } = useI18n()

  function known(key: string, values: string[] = []): string | null {
    return te(key) || te(key, 'en') ? t(key, values) : null
  }

  /** What the details of a problem quote: the names of what is in the way. */
  function quotedNames(problem: ApiProblem): string {
    const names = problem.fields.flatMap((field) => /"(.*)"/.exec(field.message)?.[1] ?? [])
    return new Intl.ListFormat(locale.value).format(names)
  }

  /** The reason a problem gives in its details is more to the point than "refused"; `{0}` is what they name. */
  function problemText(problem: ApiProblem): string {
    const reason = problem.fields[0]?.code
    const place = problem.code === 'engine-refused' ? 'engine' : `reason.${problem.code}`
    return (
      (reason && known(`problem.${place}.${reason}`)) ??
      known(`problem.${problem.code}`, [quotedNames(problem)]) ??
      (problem.message || t('problem.unexpected-answer'))
    )
  }

  /**
   * A refused line of a text says which line it is, and quotes what it is about: both are kept, the place as
   * `line 3: `, the quotes as `{0}`, `{1}` of the words.
   */
  function fieldText(problem: FieldProblem): string {
    const line = /^line \d+: /.exec(problem.message)?.[0] ?? ''
    const quoted = [...problem.message.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '')
    const words = known(`problem.at.${placeOf(problem.field)}.${problem.code}`, quoted)
    return words === null ? (known(`problem.field.${problem.code}`) ?? problem.message) : line + words
  }

  return { problemText, fieldText }
}
