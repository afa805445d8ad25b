/** Starting, pausing, finishing and deleting a campaign, with what each of them means for callers. */
import { CirclePause, CirclePlay, CircleStop, Trash2 } from '@lucide/vue'
import { useI18n } from 'vue-i18n'

import { useAction, useConfirm, type Action } from '@/kit'

import {
  activateCampaign,
  deleteCampaign,
  finishCampaign,
  listAllCampaigns,
  listRoutes,
  pauseCampaign,
  type CampaignRow,
} from './api'

type Subject = Pick<CampaignRow, 'id' | 'name' | 'state'>

export function useCampaignActions(onChanged: (gone: boolean) => unknown) {
  const { t } = useI18n()
  const act = useAction()
  const confirm = useConfirm()

  async function activate(campaign: Subject): Promise<void> {
    const done = t('campaigns.activated', { name: campaign.name })
    if (await act(() => activateCampaign(campaign.id), done)) await onChanged(false)
  }

  async function pause(campaign: Subject): Promise<void> {
    const yes = await confirm({
      title: t('campaigns.pause.title', { name: campaign.name }),
      text: t('campaigns.pause.text'),
      confirmLabel: t('campaigns.pause.confirm'),
    })
    const done = t('campaigns.paused', { name: campaign.name })
    if (yes && (await act(() => pauseCampaign(campaign.id), done))) await onChanged(false)
  }

  /** What leads callers into the campaign: it would stop leading anywhere. */
  async function consequences(campaign: Subject): Promise<string[]> {
    const [routes, campaigns] = await Promise.all([listRoutes(), listAllCampaigns()]).catch(
      () => [[], []] as const,
    )
    const leading = routes.filter((route) => isTo(route.destination, campaign)).map((route) => route.did)
    const failing = campaigns.filter((other) => isTo(other.failover, campaign)).map((other) => other.name)
    return [
      ...leading.map((did) => t('campaigns.impact.route', { did })),
      ...failing.map((name) => t('campaigns.impact.failover', { name })),
    ]
  }

  async function finish(campaign: Subject): Promise<void> {
    const yes = await confirm({
      title: t('campaigns.finish.title', { name: campaign.name }),
      text: t('campaigns.finish.text'),
      consequences: await consequences(campaign),
      confirmLabel: t('campaigns.finish.confirm'),
      tone: 'danger',
    })
    const done = t('campaigns.finished', { name: campaign.name })
    if (yes && (await act(() => finishCampaign(campaign.id), done))) await onChanged(false)
  }

  async function remove(campaign: Subject): Promise<void> {
    const yes = await confirm({
      title: t('campaigns.delete.title', { name: campaign.name }),
      text: t('campaigns.delete.text'),
      consequences: await consequences(campaign),
      confirmLabel: t('campaigns.delete.confirm'),
      tone: 'danger',
    })
    const done = t('campaigns.deleted', { name: campaign.name })
    if (yes && (await act(() => deleteCampaign(campaign.id), done))) await onChanged(true)
  }

  /** The steps that lead on from the campaign's present state. */
  function stateActions(campaign: Subject): Action[] {
    const actions: Action[] = []
    if (campaign.state === 'paused') {
      actions.push({ label: t('campaigns.activate'), icon: CirclePlay, run: () => void activate(campaign) })
    }
    if (campaign.state === 'active') {
      actions.push({ label: t('campaigns.pause.action'), icon: CirclePause, run: () => void pause(campaign) })
    }
    if (campaign.state !== 'finished') {
      actions.push({
        label: t('campaigns.finish.action'),
        icon: CircleStop,
        run: () => void finish(campaign),
      })
    }
    const deletion = { label: t('campaigns.delete.action'), icon: Trash2, isDanger: true }
    return [...actions, { ...deletion, run: () => void remove(campaign) }]
  }

  return { stateActions }
}

function isTo(destination: { type: string; id: number | null } | null, campaign: Subject): boolean {
  return destination?.type === 'inbound-campaign' && destination.id === campaign.id
}
