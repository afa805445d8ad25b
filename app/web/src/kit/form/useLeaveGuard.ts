/** Asks before unsaved changes are left behind, by link, by back button and by closing the tab. */
import { onScopeDispose, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { onBeforeRouteLeave } from 'vue-router'

import { useConfirm } from '../overlay/confirm'

export function useLeaveGuard(isDirty: Readonly<Ref<boolean>>): void {
  const { t } = useI18n()
  const confirm = useConfirm()

  onBeforeRouteLeave((to) => {
    if (!isDirty.value || to.name === 'sign-in') return true
    return confirm({
      title: t('kit.leave.title'),
      text: t('kit.leave.text'),
      confirmLabel: t('kit.leave.discard'),
      cancelLabel: t('kit.leave.stay'),
      tone: 'danger',
    })
  })

  function warn(event: BeforeUnloadEvent): void {
    if (isDirty.value) event.preventDefault()
  }
  window.addEventListener('beforeunload', warn)
  onScopeDispose(() => {
    window.removeEventListener('beforeunload', warn)
  })
}
