/** Activating, pausing, finishing, hiding and deleting a campaign, with what each of them means. */
import { ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { asProblem } from '@/api'
import { notify, useAction, useConfirm, useFormatters, useProblemText } from '@/kit'
import type { UsedBy } from '@/modules/telephony/things'

import { deleteCampaign, getCampaign, moveCampaign, type Campaign, type CampaignRow, type Move } from './api'
import { dayFromNow } from './form/values'
import { hasLeads } from './kinds'

export type Subject = Pick<CampaignRow, 'id' | 'name' | 'kind' | 'state' | 'is_hidden'>

/** Why a campaign that is stopped cannot start, as a key below `campaigns.notReady`; null when it can. */
export function lackForActivation(campaign: Campaign, today = dayFromNow(0)): string | null {
  if (!hasLeads(campaign.kind)) return null
  if (campaign.kind === 'dialer' && campaign.ends_on < today) return 'over'
  if (campaign.members.length === 0) return 'members'
  return campaign.dispositions.some((option) => !option.is_hidden) ? null : 'dispositions'
}

export function useCampaignActions(onChanged: (gone: boolean) => unknown) {
  const { t } = useI18n()
  const { number } = useFormatters()
  const { problemText } = useProblemText()
  const act = useAction()
  const confirm = useConfirm()
  /** What cannot go because something leads to it; shown by `InUseDialog`. */
  const blocked: Ref<{ name: string; users: UsedBy[] } | null> = ref(null)

  async function move(campaign: Subject, by: Move, done: string): Promise<void> {
    if (await act(() => moveCampaign(campaign.id, by), t(done, { name: campaign.name })))
      await onChanged(false)
  }

  /** The whole campaign, or null after saying why it could not be read. */
  async function read(campaign: Subject): Promise<Campaign | null> {
    try {
      return await getCampaign(campaign.id)
    } catch (error) {
      notify('danger', problemText(asProblem(error)))
      return null
    }
  }

  async function activate(campaign: Subject): Promise<void> {
    const whole = await read(campaign)
    if (!whole) return
    const lack = lackForActivation(whole)
    if (lack) notify('danger', t(`campaigns.notReady.${lack}`, { name: campaign.name }))
    else await move(campaign, 'activate', `campaigns.activated.${campaign.kind}`)
  }

  async function pause(campaign: Subject): Promise<void> {
    const yes = await confirm({
      title: t('campaigns.pause.title', { name: campaign.name }),
      text: t(`campaigns.pause.text.${campaign.kind}`),
      confirmLabel: t('campaigns.pause.confirm'),
    })
    if (yes) await move(campaign, 'pause', 'campaigns.paused')
  }

  /** What goes with the campaign; null when something leads to it, which is shown instead. */
  async function consequences(campaign: Subject): Promise<string[] | null> {
    const whole = await read(campaign)
    if (!whole) return null
    if (whole.used_by.length > 0) {
      blocked.value = { name: whole.name, users: whole.used_by }
      return null
    }
    const members = whole.members.length
    const found = members ? [t('campaigns.impact.members', { count: number(members) }, members)] : []
    if (whole.waiting)
      found.push(t('campaigns.impact.waiting', { count: number(whole.waiting) }, whole.waiting))
    if (hasLeads(whole.kind)) found.push(t('campaigns.impact.leads', { base: whole.contact_base_name }))
    return found
  }

  async function ask(campaign: Subject, what: 'finish' | 'delete'): Promise<boolean> {
    const found = await consequences(campaign)
    if (!found) return false
    return confirm({
      title: t(`campaigns.${what}.title`, { name: campaign.name }),
      text: t(`campaigns.${what}.text`),
      consequences: found,
      confirmLabel: t(`campaigns.${what}.confirm`),
      tone: 'danger',
    })
  }

  async function finish(campaign: Subject): Promise<void> {
    if (await ask(campaign, 'finish')) await move(campaign, 'finish', 'campaigns.finished')
  }

  async function remove(campaign: Subject): Promise<void> {
    if (!(await ask(campaign, 'delete'))) return
    const done = t('campaigns.deleted', { name: campaign.name })
    if (await act(() => deleteCampaign(campaign.id), done)) await onChanged(true)
  }

  async function hide(campaign: Subject): Promise<void> {
    await (campaign.is_hidden
      ? move(campaign, 'show', 'campaigns.shownAgain')
      : move(campaign, 'hide', 'campaigns.hiddenNow'))
  }

  return { blocked, activate, pause, finish, remove, hide }
}
