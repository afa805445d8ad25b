/** The form of a campaign: what can be checked without the server, and where to look first. */
import { useI18n } from 'vue-i18n'

import { useForm, useLeaveGuard, type Form } from '@/kit'

import { isComplete } from '@/modules/telephony/things'

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
      return {
        name: values.name.trim() ? undefined : t('campaigns.missing.name'),
        failover: isComplete(values.failover) ? undefined : t('telephony.missing.destination'),
        ...(unnamed >= 0 ? { [`dispositions.${unnamed}.name`]: t('campaigns.missing.dispositionName') } : {}),
      }
    },
    submit: (values) => send(bodyOf(values)),
  })
  useLeaveGuard(form.isDirty)
  return form
}
