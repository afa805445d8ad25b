/** When to call somebody again: what a disposition of that kind asks for, and the agent's list of such promises. */
import { ref, shallowRef, watch } from 'vue'

import { asProblem, type ApiProblem, type FieldProblem } from '@/api'

import { putCallback, type CallbackKind } from '../api'

export interface CallbackWish {
  /** yyyy-mm-dd and hh:mm, as the browser's fields give them, in the agent's own time zone. */
  day: string
  time: string
  kind: CallbackKind
  note: string
}

export type CallbackErrors = Partial<Record<'day' | 'time' | 'kind', string>>

const EMPTY: CallbackWish = { day: '', time: '', kind: 'personal', note: '' }
const PLACES: Record<string, keyof CallbackErrors> = { due_at: 'day', kind: 'kind' }

/** The moment that is meant, null while day or time is missing. */
export function momentOf({ day, time }: CallbackWish): string | null {
  if (!day || !time) return null
  const moment = new Date(`${day}T${time}`)
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString()
}

/** Is there nothing of it yet? Then a disposition that is only changed leaves its callback as it is. */
export const isUntouched = ({ day, time, note }: CallbackWish): boolean => !day && !time && !note

/** Grows with every callback that was made, so that the list reads itself again. */
export const callbacksVersion = ref(0)

export function useCallback(callId: () => string) {
  const wish = ref<CallbackWish>({ ...EMPTY })
  const errors = ref<CallbackErrors>({})
  const problem = shallowRef<ApiProblem | null>(null)

  watch(callId, () => {
    wish.value = { ...EMPTY }
    errors.value = {}
    problem.value = null
  })
  watch(
    wish,
    () => {
      errors.value = {}
    },
    { deep: true },
  )

  /** Says at the fields what is missing. */
  function isComplete(missing: string): boolean {
    errors.value = {
      ...(wish.value.day ? {} : { day: missing }),
      ...(wish.value.time ? {} : { time: missing }),
    }
    return momentOf(wish.value) !== null
  }

  /** True when it is stored; else what is wrong stands at the fields, or in `problem`. */
  async function store(
    campaignId: number,
    contactId: number,
    text: (item: FieldProblem) => string,
  ): Promise<boolean> {
    const due = momentOf(wish.value)
    if (due === null) return false
    problem.value = null
    try {
      const { kind, note } = wish.value
      await putCallback({ campaign_id: campaignId, contact_id: contactId, due_at: due, kind, note })
    } catch (error) {
      const told = asProblem(error)
      const placed = told.fields.flatMap((item) => {
        const place = PLACES[item.field]
        return place ? [[place, text(item)] as const] : []
      })
      errors.value = Object.fromEntries(placed)
      problem.value = placed.length > 0 ? null : told
      return false
    }
    callbacksVersion.value += 1
    return true
  }

  return { wish, errors, problem, isComplete, store }
}
