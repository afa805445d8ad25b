/** The form of a campaign: what can be checked without the server, and where to look first. */
import { useI18n } from 'vue-i18n'

import { useForm, useLeaveGuard, type Form } from '@/kit'

import type { CampaignBody } from './api'
import { bodyOf, type CampaignValues } from './campaignValues'

export function useCampaignForm(
  initial: CampaignValues,
  send: (body: CampaignBody) => Promise<void>,
): Form<CampaignValues> {
  const { t } = useI18n()
  const form = useForm<CampaignValues>({
    initial,
    check(values) {
      const unnamed = values.dispositions.findIndex((option) => !option.name.trim())
      const lacksCampaign = values.failover.type === 'inbound-campaign' && values.failover.id === null
      return {
        name: values.name.trim() ? undefined : t('campaigns.missing.name'),
        'failover.id': lacksCampaign ? t('campaigns.missing.failover') : undefined,
        ...(unnamed >= 0 ? { [`dispositions.${unnamed}.name`]: t('campaigns.missing.dispositionName') } : {}),
      }
    },
    submit: (values) => send(bodyOf(values)),
  })
  useLeaveGuard(form.isDirty)
  return form
}
