/** How a state of an agent looks: tone and icon always go together with its word, so colour never speaks alone. */
import {
  CircleCheckBig,
  CircleSlash,
  ClipboardPen,
  Coffee,
  MicOff,
  PhoneCall,
  PhoneIncoming,
  PhoneOff,
  PhoneOutgoing,
} from '@lucide/vue'
import type { Component } from 'vue'

import type { AgentLive } from '@/api'
import type { Tone } from '@/kit'

export type AgentStatus = AgentLive['status']

export interface Presence {
  tone: Tone
  icon: Component
}

export const PRESENCE: Record<AgentStatus, Presence> = {
  READY: { tone: 'success', icon: CircleCheckBig },
  RINGING: { tone: 'warning', icon: PhoneIncoming },
  DIALING: { tone: 'info', icon: PhoneOutgoing },
  ONCALL: { tone: 'info', icon: PhoneCall },
  ACW: { tone: 'pause', icon: ClipboardPen },
  PAUSE: { tone: 'pause', icon: Coffee },
  UNAVAILABLE: { tone: 'danger', icon: PhoneOff },
  DISABLED: { tone: 'danger', icon: MicOff },
  OFFLINE: { tone: 'neutral', icon: CircleSlash },
}
