/** The form of one thing of telephony: says that it was saved, and warns before unsaved changes are left. */
import { useI18n } from 'vue-i18n'

import { notify, useForm, useLeaveGuard, type Form } from '@/kit'

import { isComplete, type Destination } from './things'

interface Options<V extends object> {
  /** Null for a thing that does not exist yet. */
  id: number | null
  initial: V
  check?: (values: V) => Record<string, string | undefined>
  /** Fields that must not be blank, and destinations that must be chosen. */
  texts?: (keyof V & string)[]
  destinations?: (keyof V & string)[]
  /** Whether Asterisk uses it, which is said when it was saved; the usual case. */
  isOfAsterisk?: boolean
  send: (values: V) => Promise<{ name: string }>
}

export function useEntityForm<V extends { name: string }>(options: Options<V>): Form<V> {
  const { t } = useI18n()

  function missing(values: V): Record<string, string | undefined> {
    const found: Record<string, string | undefined> = {}
    for (const field of ['name', ...(options.texts ?? [])] as (keyof V & string)[]) {
      if (String(values[field] ?? '').trim() === '') found[field] = t('telephony.missing.text')
    }
    for (const field of options.destinations ?? []) {
      if (!isComplete(values[field] as Destination)) found[field] = t('telephony.missing.destination')
    }
    return found
  }

  const form = useForm<V>({
    initial: options.initial,
    check: (values) => ({ ...missing(values), ...options.check?.(values) }),
    async submit(values) {
      const { name } = await options.send({ ...values, name: values.name.trim() })
      const words = options.isOfAsterisk === false ? 'telephony.plain' : 'telephony'
      notify('success', t(`${words}.${options.id === null ? 'created' : 'saved'}`, { name }))
    },
  })
  useLeaveGuard(form.isDirty)
  return form
}
