/** Runs something the person asked for with one click: a notice when it is done, a notice when it was refused. */
import { asProblem } from '@/api'

import { notify } from './notices'
import { useProblemText } from './useProblemText'

export function useAction(): (work: () => Promise<unknown>, doneText?: string) => Promise<boolean> {
  const { problemText } = useProblemText()
  return async (work, doneText) => {
    try {
      await work()
    } catch (error) {
      notify('danger', problemText(asProblem(error)))
      return false
    }
    if (doneText) notify('success', doneText)
    return true
  }
}
