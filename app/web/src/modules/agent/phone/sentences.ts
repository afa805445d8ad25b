/** The spoken and written one-line summary of an offer, or of the agent's own call. */
import type { OfferDetails } from '@/webphone/offer'

type Translate = (key: string, values: Record<string, unknown>) => string

export function offerSentence(details: OfferDetails, t: Translate): string {
  const kind = details.isOwnCall ? 'agent.call' : 'agent.offer'
  return t(`${kind}.${details.campaignName ? 'sentence' : 'sentenceWithoutCampaign'}`, {
    number: details.number || '—',
    campaign: details.campaignName,
  })
}
