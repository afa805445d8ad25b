/**
 * State of one form: values, field errors of the last refusal, and whether there is something to lose.
 * The server is the judge of every rule; `check` is only for what it cannot know (a repeated password).
 */
import { computed, nextTick, reactive, readonly, ref, watch, type Ref } from 'vue'

import { ApiProblem, asProblem, type FieldProblem } from '@/api'

import { useProblemText } from '../feedback/useProblemText'

export type FieldErrors = Record<string, string>

export interface FormOptions<V extends object> {
  initial: V
  /** Sends the values. Its rejection becomes field errors and a problem. */
  submit: (values: V) => Promise<void>
  /** Errors found without asking the server, by field; the form is sent when there is none. */
  check?: (values: V) => Record<string, string | undefined>
  /** Fields that problems without one belong to, by code: `{ 'username-taken': 'username' }`. */
  fieldOfCode?: Record<string, keyof V & string>
}

export interface Form<V extends object> {
  values: V
  errors: Readonly<Ref<FieldErrors>>
  /** What was refused, when it is not (only) about fields shown in the form. */
  problem: Readonly<Ref<ApiProblem | null>>
  submitting: Readonly<Ref<boolean>>
  isDirty: Readonly<Ref<boolean>>
  /** Runs `check` without sending anything: before the next step of a wizard. Whether it found nothing. */
  validate: () => Promise<boolean>
  /** Whether the server accepted. */
  submit: () => Promise<boolean>
  /** Replaces the values and what counts as unchanged. */

  reset(values: V): void
  /** Error of a field or, for `members`, of anything inside it (`members.2.agent_id`). */
  errorOf: (field: string) => string | undefined
  /** Takes an error away, as soon as its field is edited. */
  clearError: (field: string) => void
}

/** Values are plain data, as JSON has it: no files, no dates. */
function copy<V>(values: V): V {
  return JSON.parse(JSON.stringify(values)) as V
}

function definite(found: Record<string, string | undefined>): FieldErrors {
  return Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

/** Focus goes to the first field that was refused, so nobody has to search for it. */
function focusFirstInvalid(): void {
  document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}

export function useForm<V extends object>(options: FormOptions<V>): Form<V> {
  const { fieldText, problemText } = useProblemText()
  const values = reactive(copy(options.initial)) as V
  const untouched = ref(JSON.stringify(options.initial))
  const errors = ref<FieldErrors>({})
  const problem = ref<ApiProblem | null>(null)
  const submitting = ref(false)
  const isDirty = computed(() => JSON.stringify(values) !== untouched.value)

  // An error is about what was sent: it leaves with the first change of its field.
  for (const name of Object.keys(values) as (keyof V & string)[]) {
    watch(
      () => JSON.stringify(values[name]),
      () => {
        if (errorOf(name) !== undefined) clearError(name)
      },
      { flush: 'sync' },
    )
  }

  function reset(fresh: V): void {
    Object.assign(values, copy(fresh))
    untouched.value = JSON.stringify(values)
    errors.value = {}
    problem.value = null
  }

  async function refuse(found: FieldErrors): Promise<false> {
    errors.value = found
    await nextTick()
    focusFirstInvalid()
    return false
  }

  /** Null when `check` finds nothing. */
  function lacks(): FieldErrors | null {
    problem.value = null
    const found = definite(options.check?.(values) ?? {})
    if (Object.keys(found).length > 0) return found
    errors.value = {}
    return null
  }

  async function validate(): Promise<boolean> {
    const found = lacks()
    return found ? refuse(found) : true
  }

  async function submit(): Promise<boolean> {
    if (submitting.value) return false
    const found = lacks()
    if (found) return refuse(found)
    submitting.value = true
    try {
      await options.submit(copy(values))
      untouched.value = JSON.stringify(values)
      return true
    } catch (error) {
      problem.value = asProblem(error)
      const field = options.fieldOfCode?.[problem.value.code]
      if (!field) return await refuse(textsByField(problem.value.fields))
      const text = problemText(problem.value)
      problem.value = new ApiProblem(problem.value.status, 'validation-failed', text)
      return await refuse({ [field]: text })
    } finally {
      submitting.value = false
    }
  }

  /** A field may break several rules; each is a line of its error. */
  function textsByField(problems: FieldProblem[]): FieldErrors {
    const texts: FieldErrors = {}
    for (const found of problems) {
      const before = texts[found.field]
      texts[found.field] = before === undefined ? fieldText(found) : `${before}\n${fieldText(found)}`
    }
    return texts
  }

  function errorOf(field: string): string | undefined {
    return (
      errors.value[field] ?? Object.entries(errors.value).find(([path]) => path.startsWith(`${field}.`))?.[1]
    )
  }

  function clearError(field: string): void {
    errors.value = Object.fromEntries(
      Object.entries(errors.value).filter(([path]) => path !== field && !path.startsWith(`${field}.`)),
    )
  }

  return {
    values,
    errors: readonly(errors),
    problem: readonly(problem) as Readonly<Ref<ApiProblem | null>>,
    submitting: readonly(submitting),
    isDirty,
    validate,
    submit,
    reset,
    errorOf,
    clearError,
  }
}
