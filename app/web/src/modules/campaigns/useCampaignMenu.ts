/** All that can be done with a campaign, as a menu: of a row, and of its page. */
import {
  Ban,
  CirclePause,
  CirclePlay,
  CircleStop,
  Copy,
  DatabaseZap,
  Eye,
  EyeOff,
  LayoutTemplate,
  ListChecks,
  Pencil,
  Recycle,
  Trash2,
} from '@lucide/vue'
import { ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'

import type { Action } from '@/kit'

import type { CampaignRow } from './api'
import { hasLeads } from './kinds'
import { useCampaignActions, type Subject } from './useCampaignActions'

export type DialogName = 'template' | 'recycle' | 'rules' | 'base'
export type MenuSubject = Subject & Pick<CampaignRow, 'contact_base_id'>

export interface OpenDialog {
  name: DialogName
  campaign: MenuSubject
}

export function useCampaignMenu(onChanged: (gone: boolean) => unknown) {
  const { t } = useI18n()
  const router = useRouter()
  const actions = useCampaignActions(onChanged)
  const dialog: Ref<OpenDialog | null> = ref(null)

  function moves(campaign: MenuSubject): Action[] {
    const { state } = campaign
    const found: Action[] = []
    if (state === 'active') {
      const run = () => void actions.pause(campaign)
      found.push({ label: t('campaigns.pause.action'), icon: CirclePause, run })
    } else {
      found.push({
        label: t('campaigns.activate'),
        icon: CirclePlay,
        run: () => void actions.activate(campaign),
        reason: state === 'finished' ? t('campaigns.refused.activateFinished') : undefined,
      })
    }
    if (state !== 'finished') {
      found.push({
        label: t('campaigns.finish.action'),
        icon: CircleStop,
        run: () => void actions.finish(campaign),
        reason: state === 'inactive' ? t('campaigns.refused.finishInactive') : undefined,
      })
    }
    return found
  }

  function dialogs(campaign: MenuSubject): Action[] {
    const isFinished = campaign.state === 'finished'
    const frozen = isFinished ? t('campaigns.refused.changeFinished') : undefined
    const open = (name: DialogName) => () => {
      dialog.value = { name, campaign }
    }
    const found: Action[] = [
      {
        label: t('campaigns.rules.action'),
        icon: Ban,
        run: open('rules'),
        reason: frozen ?? (campaign.contact_base_id === null ? t('campaigns.refused.noBase') : undefined),
      },
    ]
    if (hasLeads(campaign.kind)) {
      found.push(
        { label: t('campaigns.base.action'), icon: DatabaseZap, run: open('base'), reason: frozen },
        { label: t('campaigns.recycle.action'), icon: Recycle, run: open('recycle') },
      )
    }
    return found
  }

  /** `isOpen`: on the campaign's own page, where nothing needs to lead to it. */
  function menuOf(campaign: MenuSubject, isOpen = false): Action[] {
    const params = { id: campaign.id }
    const goTo = (name: string) => () => void router.push({ name, params })
    const clone = () =>
      void router.push({
        name: 'campaign-new',
        params: { kind: campaign.kind },
        query: { clone: campaign.id },
      })
    const first: Action[] = []
    if (!isOpen && campaign.state !== 'finished') {
      first.push({ label: t('campaigns.edit'), icon: Pencil, run: goTo('campaign') })
    }
    if (hasLeads(campaign.kind)) {
      first.push({ label: t('campaigns.leads.title'), icon: ListChecks, run: goTo('campaign-leads') })
    }
    return [
      ...first,
      ...moves(campaign),
      ...dialogs(campaign),
      { label: t('campaigns.clone.action'), icon: Copy, run: clone },
      {
        label: t('campaigns.template.action'),
        icon: LayoutTemplate,
        run: () => {
          dialog.value = { name: 'template', campaign }
        },
      },
      {
        label: t(campaign.is_hidden ? 'campaigns.show' : 'campaigns.hide'),
        icon: campaign.is_hidden ? Eye : EyeOff,
        run: () => void actions.hide(campaign),
      },
      {
        label: t('campaigns.delete.action'),
        icon: Trash2,
        isDanger: true,
        run: () => void actions.remove(campaign),
      },
    ]
  }

  return { menuOf, dialog, blocked: actions.blocked }
}
