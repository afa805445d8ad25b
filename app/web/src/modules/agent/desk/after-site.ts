/**
 * The external site that waits for a disposition: opened when one is stored that calls it. The conversation is often
 * closed by then, so what is shown in the page outlives it.
 */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

import { asProblem, type ApiProblem } from '@/api'

import { visitSite, type SiteVisit } from '../api'

import { openTab } from './site-visit'
import { useDesk } from './store'

export const useAfterSite = defineStore('agent-after-site', () => {
  const desk = useDesk()
  /** Shown in the page. */
  const visit = shallowRef<SiteVisit | null>(null)
  /** Its tab was blocked: a click opens it. */
  const blocked = shallowRef<SiteVisit | null>(null)
  const problem = shallowRef<ApiProblem | null>(null)
  const callId = ref('')

  async function follow(call: string, campaignId: number | null, optionId: number): Promise<void> {
    const campaign = desk.campaign(campaignId)
    const option = campaign?.dispositions.find(({ id }) => id === optionId)
    if (campaign?.site?.trigger !== 'disposition' || campaign.site.target === null) return
    if (!option?.calls_external_site) return
    callId.value = call
    problem.value = blocked.value = null
    try {
      const answer = await visitSite(call, {})
      if (answer.target === 'new-tab') open(answer)
      else visit.value = answer
    } catch (error) {
      problem.value = asProblem(error)
    }
  }

  function open(answer: SiteVisit): void {
    blocked.value = openTab(answer, `crm-${callId.value}`) === 'blocked' ? answer : null
  }

  function close(): void {
    visit.value = blocked.value = problem.value = null
  }

  return { visit, blocked, problem, follow, open, close }
})
