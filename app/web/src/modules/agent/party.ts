/** Who is on the other side of a call, in words: a number, or a colleague by name. */
import { useI18n } from 'vue-i18n'

import { useDesk } from './desk/store'

export interface PartyFacts {
  number: string
  isColleagueCall: boolean
}

export function useParty() {
  const { t } = useI18n()
  const desk = useDesk()

  /** What stands where the caller's number stands. */
  function partyTitle({ number, isColleagueCall }: PartyFacts): string {
    if (isColleagueCall) return t('agent.colleague.named', { name: desk.colleagueAt(number) || number })
    return number || t('agent.call.unknownNumber')
  }

  /** The extension, where the title is a name and does not say it. */
  function partyExtension({ number, isColleagueCall }: PartyFacts): string {
    return isColleagueCall && desk.colleagueAt(number)
      ? t('agent.phone.extension', { extension: number })
      : ''
  }

  return { partyTitle, partyExtension }
}
