import { mount, flushPromises } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick } from 'vue'
import { createI18n } from 'vue-i18n'

import { ApiProblem } from '@/api'

import { useForm, type Form, type FormOptions } from './useForm'

interface Values {
  name: string
  members: { agent_id: number }[]
}

const messages = { en: { problem: { field: { 'string-too-short': 'Too short.' } } } }
const initial: Values = { name: '', members: [] }

function formWith(options: Partial<FormOptions<Values>>): Form<Values> {
  let form!: Form<Values>
  const Host = defineComponent({
    setup() {
      form = useForm({ initial, submit: () => Promise.resolve(), ...options })
      return () => h('input', { 'aria-invalid': form.errorOf('name') ? 'true' : undefined })
    },
  })
  mount(Host, {
    global: { plugins: [createI18n({ legacy: false, locale: 'en', messages })] },
    attachTo: document.body,
  })
  return form
}

const refusal = (...fields: [string, string, string][]) =>
  new ApiProblem(
    422,
    'validation-failed',
    'Some fields are not valid.',
    fields.map(([field, code, message]) => ({ field, code, message })),
  )

describe('useForm', () => {
  it('sends a copy of the values and is clean afterwards', async () => {
    const sent: Values[] = []
    const form = formWith({ submit: (values) => Promise.resolve(void sent.push(values)) })
    expect(form.isDirty.value).toBe(false)
    form.values.name = 'Lunch'
    form.values.members.push({ agent_id: 7 })
    expect(form.isDirty.value).toBe(true)
    expect(await form.submit()).toBe(true)
    expect(sent).toEqual([{ name: 'Lunch', members: [{ agent_id: 7 }] }])
    expect(sent[0]).not.toBe(form.values)
    expect(form.isDirty.value).toBe(false)
  })

  it('does not touch the initial values', () => {
    const form = formWith({})
    form.values.members.push({ agent_id: 1 })
    expect(initial.members).toEqual([])
  })

  it('shows the errors of the fields and focuses the first', async () => {
    const form = formWith({
      submit: () => Promise.reject(refusal(['name', 'taken', 'Another pause has this name.'])),
    })
    expect(await form.submit()).toBe(false)
    expect(form.errorOf('name')).toBe('Another pause has this name.')
    expect(form.problem.value?.code).toBe('validation-failed')
    expect(document.activeElement?.getAttribute('aria-invalid')).toBe('true')
  })

  it('prefers the words of the language on screen for a known code', async () => {
    const form = formWith({
      submit: () => Promise.reject(refusal(['name', 'string-too-short', 'String should …'])),
    })
    await form.submit()
    expect(form.errorOf('name')).toBe('Too short.')
  })

  it('keeps every broken rule of a field, a line each', async () => {
    const form = formWith({
      submit: () => Promise.reject(refusal(['name', 'a', 'First.'], ['name', 'b', 'Second.'])),
    })
    await form.submit()
    expect(form.errorOf('name')).toBe('First.\nSecond.')
  })

  it('finds errors inside a list, and takes them away with the list', async () => {
    const form = formWith({
      submit: () => Promise.reject(refusal(['members.3.agent_id', 'unknown', 'No such agent.'])),
    })
    await form.submit()
    expect(form.errorOf('members')).toBe('No such agent.')
    expect(form.errorOf('members.3')).toBe('No such agent.')
    expect(form.errorOf('member')).toBeUndefined()
    form.clearError('members')
    expect(form.errorOf('members')).toBeUndefined()
  })

  it('takes an error away with the first change of its field, and only then', async () => {
    const form = formWith({
      submit: () =>
        Promise.reject(refusal(['name', 'taken', 'Taken.'], ['members.0.agent_id', 'unknown', 'Unknown.'])),
    })
    form.values.members.push({ agent_id: 1 })
    await form.submit()
    form.values.members[0]!.agent_id = 2
    expect(form.errorOf('members')).toBeUndefined()
    expect(form.errorOf('name')).toBe('Taken.')
    form.values.name = 'x'
    expect(form.errorOf('name')).toBeUndefined()
  })

  it('puts a problem without a field where it belongs', async () => {
    const form = formWith({
      fieldOfCode: { 'name-taken': 'name' },
      submit: () => Promise.reject(new ApiProblem(409, 'name-taken', 'Somebody has this name.')),
    })
    await form.submit()
    expect(form.errorOf('name')).toBe('Somebody has this name.')
    expect(form.problem.value?.code).toBe('validation-failed')
  })

  it('does not send what its own check refuses', async () => {
    const submit = vi.fn(() => Promise.resolve())
    const form = formWith({ submit, check: ({ name }) => ({ name: name ? undefined : 'Give it a name.' }) })
    expect(await form.submit()).toBe(false)
    expect(form.errorOf('name')).toBe('Give it a name.')
    expect(submit).not.toHaveBeenCalled()
    form.values.name = 'x'
    expect(await form.submit()).toBe(true)
    expect(form.errorOf('name')).toBeUndefined()
  })

  it('looks before the next step of a wizard, without sending', async () => {
    const submit = vi.fn(() => Promise.resolve())
    const form = formWith({ submit, check: ({ name }) => ({ name: name ? undefined : 'Give it a name.' }) })
    expect(await form.validate()).toBe(false)
    expect(form.errorOf('name')).toBe('Give it a name.')
    form.values.name = 'Ana'
    expect(await form.validate()).toBe(true)
    expect(submit).not.toHaveBeenCalled()
    expect(form.isDirty.value).toBe(true)
  })

  it('sends once, however often the button is pressed', async () => {
    let finish = (): void => undefined
    const submit = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)))
    const form = formWith({ submit })
    const first = form.submit()
    expect(await form.submit()).toBe(false)
    expect(form.submitting.value).toBe(true)
    finish()
    expect(await first).toBe(true)
    expect(submit).toHaveBeenCalledOnce()
  })

  it('says that the server could not be reached', async () => {
    const form = formWith({ submit: () => Promise.reject(new TypeError('Failed to fetch')) })
    await form.submit()
    await flushPromises()
    expect(form.problem.value?.code).toBe('network-unreachable')
  })

  it('starts anew from given values', async () => {
    const form = formWith({ submit: () => Promise.reject(refusal(['name', 'taken', 'Taken.'])) })
    form.values.name = 'x'
    await form.submit()
    form.reset({ name: 'Coaching', members: [] })
    await nextTick()
    expect(form.values.name).toBe('Coaching')
    expect(form.isDirty.value).toBe(false)
    expect(form.problem.value).toBeNull()
    expect(form.errorOf('name')).toBeUndefined()
  })
})
