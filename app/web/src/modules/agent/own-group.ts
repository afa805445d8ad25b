/**
 * What the signed-in agent's group allows, for pages outside of the desk. Apart from the desk's own store, so that
 * those pages do not load the webphone. Null for people who are no agents.
 */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

import type { ConsoleSession } from './api'

export type OwnGroup = ConsoleSession['agent']['group']

export const useOwnGroup = defineStore('agent-own-group', () => ({
  group: shallowRef<OwnGroup | null>(null),
}))
