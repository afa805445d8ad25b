/** What can be done with a user besides editing: the same confirmations from the list and from the user's page. */
import { useI18n } from 'vue-i18n'

import { useAction, useConfirm } from '@/kit'

import { changeUser, deleteUser, unblockUser, type User } from './api'

export function nameOf(user: Pick<User, 'first_name' | 'last_name' | 'username'>): string {
  return [user.first_name, user.last_name].filter(Boolean).join(' ') || user.username
}

export function useUserActions(onChanged: () => unknown) {
  const { t } = useI18n()
  const act = useAction()
  const confirm = useConfirm()

  async function unblock(user: User): Promise<void> {
    if (await act(() => unblockUser(user.id), t('users.unblocked', { name: nameOf(user) }))) await onChanged()
  }

  async function setActive(user: User, is_active: boolean): Promise<void> {
    const name = nameOf(user)
    if (!is_active) {
      const yes = await confirm({
        title: t('users.deactivate.title', { name }),
        text: t('users.deactivate.text'),
        confirmLabel: t('users.deactivate.confirm'),
        tone: 'danger',
      })
      if (!yes) return
    }
    const done = t(is_active ? 'users.activated' : 'users.deactivated', { name })
    if (await act(() => changeUser(user.id, { is_active }), done)) await onChanged()
  }

  /** Whether it was deleted. */
  async function remove(user: User): Promise<boolean> {
    const name = nameOf(user)
    const yes = await confirm({
      title: t('users.delete.title', { name }),
      text: t('users.delete.text'),
      consequences: user.agent ? [t('users.delete.agent')] : undefined,
      confirmLabel: t('users.delete.confirm'),
      tone: 'danger',
    })
    if (!yes || !(await act(() => deleteUser(user.id), t('users.deleted', { name })))) return false
    await onChanged()
    return true
  }

  return { unblock, setActive, remove }
}
