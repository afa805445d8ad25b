import { Headset } from '@lucide/vue'

import { defineModule } from '@/app/module'

export default defineModule({
  id: 'agent',
  locales: { es: () => import('./locales/es.json'), en: () => import('./locales/en.json') },
  routes: [
    {
      path: '/desk',
      name: 'agent-desk',
      meta: { permission: 'agent.console', title: 'agent.title' },
      component: () => import('./views/DeskView.vue'),
    },
  ],
  navigation: [
    {
      route: 'agent-desk',
      label: 'agent.navigation',
      icon: Headset,
      group: 'work',
      permission: 'agent.console',
    },
  ],
  home: { to: { name: 'agent-desk' }, suits: (me) => me.agent !== null, rank: 30 },
  regions: [
    { region: 'background', permission: 'agent.console', component: () => import('./AgentBackground.vue') },
    { region: 'bar', permission: 'agent.console', component: () => import('./AgentBar.vue') },
    { region: 'dock', permission: 'agent.console', component: () => import('./AgentDock.vue') },
  ],
})
