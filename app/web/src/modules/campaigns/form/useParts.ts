/** Which part of the form is open, with the focus on its heading, and what is wrong in each of them. */
import { computed, nextTick, ref, type Ref, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'

import type { NavStep } from '../components/StepNav.vue'
import { problemsByStep, stepOf, stepsOf, type StepKey } from './steps'
import type { CampaignForm } from './useCampaignForm'

export type PartKey = StepKey | 'review'

export function useParts(
  form: CampaignForm,
  first: PartKey,
  heading: Readonly<ShallowRef<HTMLElement | null>>,
) {
  const { t } = useI18n()
  const open = ref<PartKey>(first) as Ref<PartKey>
  const problems = computed(() => problemsByStep(form.errors.value))
  const steps = computed(() => stepsOf(form.values.kind))

  const counts = computed<Partial<Record<StepKey, number>>>(() => ({
    dispositions: form.values.dispositions.length,
    incidence: form.values.incidence_rules.length,
    supervisors: form.values.supervisor_ids.length,
    agents: form.values.members.length,
  }))
  const navigation = computed<NavStep<PartKey>[]>(() =>
    steps.value.map((key) => ({
      key,
      label: t(`campaigns.part.${key}`),
      problems: problems.value[key]?.length ?? 0,
      count: counts.value[key],
    })),
  )

  async function go(key: PartKey): Promise<void> {
    open.value = key
    await nextTick()
    heading.value?.focus()
  }

  /** The step a refused field is in, with the focus in the first field there that is wrong. */
  async function goToField(field: string): Promise<void> {
    await go(stepOf(field))
    document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }

  return { open, problems, steps, navigation, go, goToField }
}
