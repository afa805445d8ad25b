import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'

import { ApiProblem, type FieldProblem } from '@/api'

import { useProblemText } from './useProblemText'

type ProblemText = ReturnType<typeof useProblemText>

function textOf(problem: FieldProblem): string {
  return inSpanish(({ fieldText }) => fieldText(problem))
}

function inSpanish(say: (texts: ProblemText) => string): string {
  const i18n = createI18n({
    legacy: false,
    locale: 'es',
    messages: {
      es: {
        problem: {
          'base-in-use': 'La usan {0}.',
          'campaign-state': 'Ahora no.',
          reason: { 'campaign-state': { 'no-agents': 'No tiene agentes.' } },
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
        text = say(useProblemText())
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

it('says the reason in the details of a refusal, or what it is when the reason has no words', () => {
  const textFor = (code: string) =>
    inSpanish(({ problemText }) =>
      problemText(new ApiProblem(409, 'campaign-state', 'No.', [{ field: 'state', code, message: 'No.' }])),
    )
  expect(textFor('no-agents')).toBe('No tiene agentes.')
  expect(textFor('new-reason')).toBe('Ahora no.')
})

it('names what is in the way', () => {
  const fields = ['Ventas', 'Dicen "hola"'].map((name) => ({
    field: 'campaigns',
    code: 'in-use',
    message: `The campaign "${name}" uses this base.`,
  }))
  const problem = new ApiProblem(409, 'base-in-use', 'Campaigns use this base.', fields)
  expect(inSpanish(({ problemText }) => problemText(problem))).toBe('La usan Ventas y Dicen "hola".')
})
