/** Deleting a thing: what uses it is asked first, since then it cannot go and its users are what to look at. */
import { ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { asProblem } from '@/api'
import { notify, useConfirm, useProblemText } from '@/kit'

import type { Entity, Resource } from './resource'
import type { UsedBy } from './things'

export interface Removal {
  /** The thing that could not be deleted, with what uses it; shown by `InUseDialog`. */
  blocked: Ref<{ name: string; users: UsedBy[] } | null>
  /** Whether it was deleted. */
  remove: (item: { id: number; name: string }) => Promise<boolean>
}

/** `consequence` says what deleting means for calls. */
export function useRemoval<T extends Entity>(resource: Resource<T>, consequence: () => string): Removal {
  const { t } = useI18n()
  const { problemText } = useProblemText()
  const confirm = useConfirm()
  const blocked: Removal['blocked'] = ref(null)

  async function isBlocked(id: number): Promise<boolean> {
    const { name, used_by } = await resource.get(id)
    if (!used_by?.length) return false
    blocked.value = { name, users: used_by }
    return true
  }

  async function removeUnused({ id, name }: { id: number; name: string }): Promise<boolean> {
    if (await isBlocked(id)) return false
    const yes = await confirm({
      title: t('telephony.delete.title', { name }),
      text: consequence(),
      confirmLabel: t('telephony.delete.confirm'),
      tone: 'danger',
    })
    if (!yes) return false
    try {
      await resource.remove(id)
    } catch (error) {
      // Somebody began to use it in between.
      if (asProblem(error).code === 'in-use' && (await isBlocked(id))) return false
      throw error
    }
    notify('success', t('telephony.deleted', { name }))
    return true
  }

  async function remove(item: { id: number; name: string }): Promise<boolean> {
    try {
      return await removeUnused(item)
    } catch (error) {
      notify('danger', problemText(asProblem(error)))
      return false
    }
  }

  return { blocked, remove }
}
