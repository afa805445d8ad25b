/** What a folder under `src/modules` contributes to the console. See `docs` in `app/web/README.md`. */
import type { Component } from 'vue'
import type { RouteLocationRaw, RouteRecordRaw } from 'vue-router'

import type { Me } from '@/api'

export type Language = 'es' | 'en'

export interface Catalogue {
  [key: string]: string | Catalogue
}

/** Headings of the navigation, in the order they are shown. */
export const NAVIGATION_GROUPS = ['work', 'live', 'history', 'campaigns', 'telephony', 'people'] as const
export type NavigationGroup = (typeof NAVIGATION_GROUPS)[number]

export interface NavigationEntry {
  /** Name of the route it opens. */
  route: string
  /** Key of its label, with the module's id: `users.navigation.users`. */
  label: string
  icon: Component
  group: NavigationGroup
  /** The entry is shown to people who have this permission. */
  permission: string
  /** Position inside its group, ascending; 0 when left out. */
  order?: number
}

export interface HomeEntry {
  /** Where `/` leads. */
  to: RouteLocationRaw
  /** Whether this is a fitting home for the signed-in person. */
  suits: (me: Me) => boolean
  /** The fitting entry with the highest rank wins. */
  rank: number
}

/**
 * A component the shell keeps mounted while somebody with the permission is signed in, whatever page is shown:
 * - `bar`: a full-width strip under the top bar (the agent's state and timers);
 * - `dock`: a column at the right of the page (the webphone);
 * - `background`: renders nothing visible of its own, or only overlays.
 */
export interface RegionEntry {
  region: 'bar' | 'dock' | 'background'
  permission: string
  component: () => Promise<{ default: Component }>
}

export interface ConsoleModule {
  /** Folder name and namespace of its words. */
  id: string
  locales: Record<Language, () => Promise<{ default: Catalogue }>>
  routes: RouteRecordRaw[]
  navigation?: NavigationEntry[]
  home?: HomeEntry
  regions?: RegionEntry[]
}

export function defineModule(module: ConsoleModule): ConsoleModule {
  return module
}

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the page's title, shown in the browser tab: `users.list.title`. */
    title?: string
    /** Permission without which the forbidden page is shown. Every page behind sign-in has one or `anyone: true`. */
    permission?: string
    /** Any signed-in person may see it. */
    anyone?: boolean
    /** Visible without signing in. */
    public?: boolean
    /** Leave the page the whole width (boards); text pages are held to a comfortable measure. */
    wide?: boolean
  }
}
