/** The four kinds of campaigns, and which fields of a request belong to which. */
import { Bot, Eye, PhoneIncoming, PhoneOutgoing } from '@lucide/vue'
import type { Component } from 'vue'

import type { CampaignKind } from './api'

export const KINDS: readonly CampaignKind[] = ['manual', 'preview', 'dialer', 'inbound']

export const KIND_ICONS: Record<CampaignKind, Component> = {
  manual: PhoneOutgoing,
  preview: Eye,
  dialer: Bot,
  inbound: PhoneIncoming,
}

export function isKind(value: unknown): value is CampaignKind {
  return KINDS.includes(value as CampaignKind)
}

/** Kinds that work the contacts of a base one after the other; they cannot be without one. */
export const hasLeads = (kind: CampaignKind) => kind === 'preview' || kind === 'dialer'
/** Kinds whose callers wait for an agent. */
export const hasQueue = (kind: CampaignKind) => kind === 'inbound' || kind === 'dialer'
