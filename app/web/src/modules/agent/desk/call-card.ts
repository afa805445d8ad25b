/**
 * Whom the call at hand is with, as the server knows it. The log may learn it a moment after the call is there, so a card
 * without a contact is asked for once more.
 */
import { onScopeDispose, ref, shallowRef } from 'vue'

import { asProblem, type ApiProblem } from '@/api'

import { attachContact, fetchCard, type CallCard, type ContactCard } from '../api'

const ASK_AGAIN_MS = 1_500

export function useCallCard(callId: string, customerId: string) {
  const card = shallowRef<CallCard | null>(null)
  const problem = shallowRef<ApiProblem | null>(null)
  const isLoading = ref(false)
  let turn = 0
  let again: ReturnType<typeof setTimeout> | undefined

  async function take(asked: Promise<CallCard>): Promise<boolean> {
    const mine = ++turn
    isLoading.value = true
    clearTimeout(again)
    try {
      const answer = await asked
      if (mine !== turn) return false
      card.value = answer
      problem.value = null
      return true
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
      return false
    } finally {
      if (mine === turn) isLoading.value = false
    }
  }

  async function load(): Promise<void> {
    await take(fetchCard(callId, customerId))
    const known = card.value
    if (known?.contact && !known.is_attached && customerId) await attach(known.contact.id)
  }

  const attach = (contactId: number) => take(attachContact(callId, contactId))

  /** The contact was changed here: its card is known without asking. The script is asked for anew. */
  function accept(contact: ContactCard): void {
    if (card.value) card.value = { ...card.value, contact }
    void load()
  }

  async function start(): Promise<void> {
    await load()
    if (card.value?.has_contacts && !card.value.is_attached)
      again = setTimeout(() => void load(), ASK_AGAIN_MS)
  }

  onScopeDispose(() => {
    turn += 1
    clearTimeout(again)
  })

  return { card, problem, isLoading, start, load, attach, accept }
}
