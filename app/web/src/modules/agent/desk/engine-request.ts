/**
 * Commands to the call engine that outlive its absence: while the engine is away the same command is sent again every
 * few seconds, the agent sees that, and may give up. Anything else that goes wrong is told at once.
 */
import { ref } from 'vue'

import { asProblem, type AgentLive, type ApiProblem } from '@/api'

const RETRY_MS = 4_000

export interface EngineRequestPorts {
  onAgent: (agent: AgentLive) => void
  onProblem: (problem: ApiProblem) => void
}

export function useEngineRequest({ onAgent, onProblem }: EngineRequestPorts) {
  const isBusy = ref(false)
  /** The engine did not answer; the command waits for it. */
  const isEngineAway = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let latest = 0

  /** @returns true once the engine did it; false when refused or still waiting */
  async function send(command: () => Promise<AgentLive>): Promise<boolean> {
    clearTimeout(timer)
    const turn = ++latest
    isBusy.value = true
    try {
      const agent = await command()
      if (turn !== latest) return false
      isEngineAway.value = false
      onAgent(agent)
      return true
    } catch (error) {
      if (turn !== latest) return false
      const problem = asProblem(error)
      isEngineAway.value = problem.code === 'engine-unavailable'
      if (isEngineAway.value) timer = setTimeout(() => void send(command), RETRY_MS)
      else onProblem(problem)
      return false
    } finally {
      if (turn === latest) isBusy.value = false
    }
  }

  /** Forgets the waiting command. */
  function giveUp(): void {
    clearTimeout(timer)
    latest += 1
    isBusy.value = false
    isEngineAway.value = false
  }

  return { isBusy, isEngineAway, send, giveUp }
}
