/** The webphone as the console's components see it: its state, reactive, and its buttons. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import type { SipAccount } from '@/webphone/credentials'
import { loadAudioSettings, saveAudioSettings, type AudioSettings } from '@/webphone/microphone'
import { initialPhoneState, isCallLive, phoneStatus, type PhoneCall, type PhoneState } from '@/webphone/state'
import type { AttentionText } from '@/webphone/attention'
import { Webphone, type PhoneListener } from '@/webphone/webphone'

export interface PhoneConnection {
  host: HTMLElement
  fetchAccount: () => Promise<SipAccount>
  describeOffer: (call: PhoneCall) => AttentionText
}

export const usePhone = defineStore('agent-phone', () => {
  const state = shallowRef<PhoneState>(initialPhoneState)
  const settings = ref(loadAudioSettings(window.localStorage))
  const listeners = new Set<PhoneListener>()
  let phone: Webphone | null = null

  const call = computed(() => state.value.call)
  const line = computed(() => state.value.line)
  const microphone = computed(() => state.value.microphone)
  const status = computed(() => phoneStatus(state.value))
  const isOnCall = computed(() => isCallLive(state.value))
  const isRegistered = computed(() => state.value.line.kind === 'registered')

  /** Turns the phone on. It stays on, whatever page is shown, until `disconnect`. */
  async function connect(connection: PhoneConnection): Promise<void> {
    disconnect()
    phone = new Webphone({ ...connection, settings: settings.value })
    phone.subscribe((next, previous) => {
      state.value = next
      for (const listener of listeners) listener(next, previous)
    })
    await phone.start()
  }

  function disconnect(): void {
    phone?.stop()
    phone = null
    state.value = initialPhoneState
  }

  /** Hears every change; returns the function that stops it. */
  function onChange(listener: PhoneListener): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  async function useSettings(changed: AudioSettings): Promise<void> {
    settings.value = changed
    saveAudioSettings(window.localStorage, changed)
    await phone?.useSettings(changed)
  }

  return {
    state,
    settings,
    call,
    line,
    microphone,
    status,
    isOnCall,
    isRegistered,
    connect,
    disconnect,
    onChange,
    useSettings,
    answer: () => phone?.answer(),
    reject: () => phone?.reject(),
    hangUp: () => phone?.hangUp(),
    setMuted: (muted: boolean) => phone?.setMuted(muted),
    setHeld: (held: boolean) => phone?.setHeld(held),
    sendTones: (text: string) => phone?.sendTones(text) ?? '',
    retryNow: () => phone?.retryNow(),
    forgetCall: (callId: string) => phone?.forgetCall(callId),
    testRing: () => phone?.testRing(),
    welcomeGesture: async () => {
      await phone?.welcomeGesture()
    },
  }
})
