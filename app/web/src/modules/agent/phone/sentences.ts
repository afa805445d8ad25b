/** The spoken and written one-line summary of an offer. */
import type { OfferDetails } from '@/webphone/offer'

type Translate = (key: string, values: Record<string, unknown>) => string

export function offerSentence(details: OfferDetails, t: Translate): string {
  return t(details.campaignName ? 'agent.offer.sentence' : 'agent.offer.sentenceWithoutCampaign', {
    number: details.number || '—',
    campaign: details.campaignName,
  })
}
