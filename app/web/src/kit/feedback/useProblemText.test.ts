import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'

import type { FieldProblem } from '@/api'

import { useProblemText } from './useProblemText'

function textOf(problem: FieldProblem): string {
  const i18n = createI18n({
    legacy: false,
    locale: 'es',
    messages: {
      es: {
        problem: {
          field: { taken: 'Ya está en uso.' },
          at: { wizard_text: { 'wizard-missing-key': 'Falta «{0}»; agregue {1}.' } },
        },
      },
    },
  })
  let text = ''
  mount(
    {
      setup() {
        text = useProblemText().fieldText(problem)
        return () => null
      },
    },
    { global: { plugins: [i18n] } },
  )
  return text
}

it('says a refused line in the language on screen, with its place and what it quotes', () => {
  const message = 'line 4: "type" is missing; add the line "type=wizard".'
  expect(textOf({ field: 'wizard_text', code: 'wizard-missing-key', message })).toBe(
    'line 4: Falta «type»; agregue type=wizard.',
  )
})

it('keeps the sentence of the server for a code without words', () => {
  const message = 'line 2: something new.'
  expect(textOf({ field: 'wizard_text', code: 'wizard-new', message })).toBe(message)
  expect(textOf({ field: 'name', code: 'taken', message: 'x' })).toBe('Ya está en uso.')
})
