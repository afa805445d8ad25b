/** The form of a campaign: what can be checked without the server, for one step or for all of them. */
import { useI18n } from 'vue-i18n'

import { useForm, type Form } from '@/kit'

import { lacksOf } from './lacks'
import { stepOf, type StepKey } from './steps'
import type { CampaignValues } from './values'

export interface CampaignForm extends Form<CampaignValues> {
  /** Whether nothing is missing in this step; what was refused in the others stays. */
  validateStep: (step: StepKey) => Promise<boolean>
}

export function useCampaignForm(
  initial: CampaignValues,
  send: (values: CampaignValues) => Promise<void>,
): CampaignForm {
  const { t } = useI18n()
  let only: StepKey | null = null

  const form: Form<CampaignValues> = useForm<CampaignValues>({
    initial,
    check(values): Record<string, string> {
      const lacks = Object.entries(lacksOf(values)).filter(
        ([field]) => only === null || stepOf(field) === only,
      )
      const found = Object.fromEntries(lacks.map(([field, lack]) => [field, t(`campaigns.missing.${lack}`)]))
      if (only === null || lacks.length === 0) return found
      const others = Object.entries(form.errors.value).filter(([field]) => stepOf(field) !== only)
      return { ...Object.fromEntries(others), ...found }
    },
    submit: send,
  })

  async function validateStep(step: StepKey): Promise<boolean> {
    if (!Object.keys(lacksOf(form.values)).some((field) => stepOf(field) === step)) return true
    only = step
    try {
      return await form.validate()
    } finally {
      only = null
    }
  }

  return { ...form, validateStep }
}
