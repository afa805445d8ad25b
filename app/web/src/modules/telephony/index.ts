/** What the telephony screens share: destinations, audio fields, and the frame of their lists and forms. No pages. */
import { defineModule } from '@/app/module'

export default defineModule({
  id: 'telephony',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [],
})
