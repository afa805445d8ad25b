/** `await confirm({...})` asks a yes/no question in a dialog; `ConfirmHost`, mounted by the shell, shows it. */
import { readonly, shallowRef } from 'vue'

export interface Question {
  title: string
  /** What will happen, in a sentence. */
  text: string
  /** Facts the decision touches ("3 routes lead here"). */
  consequences?: string[]
  /** Names the action ("Delete user"), never "OK". */
  confirmLabel: string
  cancelLabel?: string
  tone?: 'primary' | 'danger'
}

interface OpenQuestion extends Question {
  answer: (yes: boolean) => void
}

const question = shallowRef<OpenQuestion | null>(null)

function ask(asked: Question): Promise<boolean> {
  question.value?.answer(false)
  return new Promise((resolve) => {
    question.value = {
      ...asked,
      answer: (yes) => {
        question.value = null
        resolve(yes)
      },
    }
  })
}

export function useConfirm(): (question: Question) => Promise<boolean> {
  return ask
}

export const openQuestion = readonly(question)
