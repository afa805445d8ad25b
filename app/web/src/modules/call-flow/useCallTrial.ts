/** A tried call: what has been asked for, what the caller answered so far, and how far the call got. */
import { reactive, watch } from 'vue'

import { asProblem, type ApiProblem } from '@/api'

import type { TryAnswer, TryBody } from './api'

/** The caller lets the time run out. */
export const NO_ANSWER = 'timeout'

export interface CallTrial {
  number: string
  /** ISO instant; null is now. */
  at: string | null
  inputs: string[]
  answer: TryAnswer | null
  asking: boolean
  problem: ApiProblem | null
  start: () => Promise<void>
  /** One more key or identification, when the call waits for one. */
  give: (input: string) => Promise<void>
  takeBack: () => Promise<void>
  clear: () => void
}

/** `didOf` is the number that is called; another number begins anew. `ask` is the request. */
export function useCallTrial(
  didOf: () => string | null,
  ask: (body: TryBody) => Promise<TryAnswer>,
): CallTrial {
  let latest = 0

  async function run(): Promise<void> {
    const did = didOf()
    if (did === null) return
    const turn = ++latest
    trial.asking = true
    try {
      const body = { did, at: trial.at, number: trial.number.trim(), inputs: [...trial.inputs] }
      const answer = await ask(body)
      if (turn !== latest) return
      trial.answer = answer
      trial.problem = null
    } catch (error) {
      if (turn === latest) trial.problem = asProblem(error)
    } finally {
      if (turn === latest) trial.asking = false
    }
  }

  const trial: CallTrial = reactive({
    number: '',
    at: null,
    inputs: [],
    answer: null,
    asking: false,
    problem: null,
    start() {
      trial.inputs = []
      return run()
    },
    give(input: string) {
      trial.inputs.push(input)
      return run()
    },
    takeBack() {
      trial.inputs.pop()
      return run()
    },
    clear() {
      latest += 1
      Object.assign(trial, { inputs: [], answer: null, problem: null, asking: false })
    },
  })

  watch(didOf, () => {
    trial.clear()
  })
  return trial
}
