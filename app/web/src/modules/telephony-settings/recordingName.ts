/** An example of the name a recording gets. The server makes the real ones; this shows what a part adds. */
import type { NameScheme } from './api'

/** The parts in the order in which they stand in the name, with believable values. */
const PARTS: readonly (readonly [keyof NameScheme, string])[] = [
  ['with_date', '20261122'],
  ['with_campaign_id', '12'],
  ['with_agent_id', '7'],
  ['with_phone', '3515550123'],
  ['with_contact_id', '48213'],
  ['with_external_contact_id', 'crm-9917'],
  ['with_external_campaign_id', 'summer-26'],
]
const KIND = 'inbound'
const UNIQUE_ID = '1795330800.41'

/** The example in pieces, so that each can be explained: the fixed ones have no part. */
export function examplePieces(scheme: NameScheme): { part: keyof NameScheme | null; text: string }[] {
  return [
    { part: null, text: KIND },
    ...PARTS.filter(([part]) => scheme[part]).map(([part, text]) => ({ part, text })),
    { part: null, text: UNIQUE_ID },
  ]
}

export function exampleName(scheme: NameScheme): string {
  return `${examplePieces(scheme)
    .map((piece) => piece.text)
    .join('-')}.mp3`
}

export const SCHEME_PARTS = PARTS.map(([part]) => part)
