/** The spoken and written one-line summary of an offer, or of the agent's own call. */
import type { OfferDetails } from '@/webphone/offer'

type Translate = (key: string, values: Record<string, unknown>) => string

/** @param colleague the name of the agent on the other side, empty when unknown or nobody of the house */
export function offerSentence(details: OfferDetails, t: Translate, colleague: string): string {
  const kind = details.isOwnCall ? 'agent.call' : 'agent.offer'
  if (details.isColleagueCall) return t(`${kind}.colleagueSentence`, { name: colleague || details.number })
  return t(`${kind}.${details.campaignName ? 'sentence' : 'sentenceWithoutCampaign'}`, {
    number: details.number || '—',
    campaign: details.campaignName,
  })
}
