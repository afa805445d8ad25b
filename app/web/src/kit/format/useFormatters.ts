/** The formatters of `formatters.ts` bound to the language and time zone on screen. */
import { ref } from 'vue'
import { useI18n } from 'vue-i18n'

import * as format from './formatters'

/** Zone all times are shown in; the shell keeps it at the person's choice. */
export const displayZone = ref(Intl.DateTimeFormat().resolvedOptions().timeZone)

export function useFormatters() {
  const { locale } = useI18n()
  const place = (): format.Place => ({ locale: locale.value, timeZone: displayZone.value })
  return {
    dateTime: (instant: format.Instant | null | undefined) => format.formatDateTime(instant, place()),
    dateTimeWithZone: (instant: format.Instant | null | undefined) =>
      format.formatDateTimeWithZone(instant, place()),
    date: (instant: format.Instant | null | undefined) => format.formatDate(instant, place()),
    time: (instant: format.Instant | null | undefined) => format.formatTime(instant, place()),
    number: (value: number | null | undefined) => format.formatNumber(value, locale.value),
    bytes: (value: number | null | undefined) => format.formatBytes(value, locale.value),
    duration: format.formatDuration,
  }
}
