import '@fontsource-variable/ibm-plex-sans'
import '@fontsource/ibm-plex-mono/400.css'
import '@fontsource/ibm-plex-mono/500.css'
import '@/kit/theme/base.css'

import { createPinia } from 'pinia'
import PrimeVue from 'primevue/config'
import { createApp } from 'vue'

import { i18n } from '@/app/i18n'
import { usePreferences } from '@/app/preferences'
import { buildRouter } from '@/app/router'
import { useSession } from '@/app/session/store'
import App from '@/app/App.vue'
import { preset } from '@/kit/theme/preset'

async function start(): Promise<void> {
  const app = createApp(App)
  app.use(createPinia())
  app.use(i18n)
  app.use(PrimeVue, { theme: { preset, options: { darkModeSelector: '.oml-dark', cssLayer: false } } })

  const preferences = usePreferences()
  const session = useSession()
  await preferences.chooseLanguage(preferences.language)
  await session.restore()

  const router = buildRouter()
  app.use(router)
  await router.isReady()
  app.mount('#app')
}

void start()
