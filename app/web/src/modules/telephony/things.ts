/** The things calls pass through: how each kind looks, where its page is, and who may make a new one. */
import {
  AudioLines,
  Braces,
  CalendarClock,
  Cable,
  ClipboardList,
  Clock,
  Globe,
  Headset,
  ListMusic,
  ListTree,
  Megaphone,
  PhoneIncoming,
  PhoneOff,
  PhoneOutgoing,
  ScanFace,
  Voicemail,
} from '@lucide/vue'
import type { Component } from 'vue'
import type { RouteLocationRaw } from 'vue-router'

import type { Item } from '@/api'

export type DestinationType = Item<'/api/v2/inbound-routes'>['destination']['type']

/** Where a call goes. The id is null for a hang-up, and while nothing has been chosen yet. */
export interface Destination {
  type: DestinationType
  id: number | null
}

export interface NamedDestination extends Destination {
  name: string | null
}

export interface UsedBy {
  type: string
  id: number
  name: string
}

export const DESTINATION_TYPES: readonly DestinationType[] = [
  'inbound-campaign',
  'time-condition',
  'ivr',
  'customer-identification',
  'agent',
  'voicemail',
  'custom-destination',
  'hangup',
]

interface Look {
  icon: Component
  /** Route of the thing's own page, and of the page that makes a new one. */
  page?: string
  newPage?: string
  /** Permission for making a new one. */
  write?: string
}

const LOOKS: Record<string, Look> = {
  'inbound-route': { icon: PhoneIncoming, page: 'inbound-route' },
  'outbound-route': { icon: PhoneOutgoing, page: 'outbound-route' },
  'inbound-campaign': {
    icon: Megaphone,
    page: 'campaign',
    newPage: 'inbound-campaign-new',
    write: 'campaigns.write',
  },
  campaign: { icon: Megaphone, page: 'campaign' },
  'time-group': { icon: CalendarClock, page: 'time-group', newPage: 'time-group-new', write: 'routes.write' },
  'time-condition': {
    icon: Clock,
    page: 'time-condition',
    newPage: 'time-condition-new',
    write: 'routes.write',
  },
  ivr: { icon: ListTree, page: 'ivr', newPage: 'ivr-new', write: 'routes.write' },
  'customer-identification': {
    icon: ScanFace,
    page: 'customer-identification',
    newPage: 'customer-identification-new',
    write: 'customer-identifications.write',
  },
  'custom-destination': {
    icon: Braces,
    page: 'custom-destination',
    newPage: 'custom-destination-new',
    write: 'custom-destinations.write',
  },
  voicemail: { icon: Voicemail, page: 'voicemail-box', newPage: 'voicemail-box-new', write: 'routes.write' },
  agent: { icon: Headset },
  hangup: { icon: PhoneOff },
  trunk: { icon: Cable, page: 'trunk', newPage: 'trunk-new', write: 'trunks.write' },
  'moh-playlist': {
    icon: ListMusic,
    page: 'moh-playlist',
    newPage: 'moh-playlist-new',
    write: 'audio.write',
  },
  'audio-file': { icon: AudioLines },
  form: { icon: ClipboardList, page: 'form' },
  'external-site': { icon: Globe, page: 'external-site' },
}

export function iconOf(type: string): Component {
  return LOOKS[type]?.icon ?? PhoneIncoming
}

/** The page of one thing; null for those that have none. */
export function pageOf(type: string, id: number | null): RouteLocationRaw | null {
  const page = LOOKS[type]?.page
  return page && id !== null ? { name: page, params: { id } } : null
}

/** Where a new one of this kind is made, and the permission it takes. */
export function creationOf(type: string): { to: RouteLocationRaw; write: string } | null {
  const { newPage, write } = LOOKS[type] ?? {}
  return newPage && write ? { to: { name: newPage }, write } : null
}

export const HANGUP: Destination = { type: 'hangup', id: null }

/** A destination as the server takes it: without its name, and hanging up without an id. */
export function destinationBody({ type, id }: Destination): Destination {
  return { type, id: type === 'hangup' ? null : id }
}

/** Whether what should be chosen has been chosen. */
export function isComplete({ type, id }: Destination): boolean {
  return type === 'hangup' || id !== null
}
