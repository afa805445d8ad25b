import { describe, expect, it, vi } from 'vitest'
import { nextTick, ref } from 'vue'

import { ApiProblem } from '@/api'

import type { TryAnswer, TryBody } from './api'
import { NO_ANSWER, useCallTrial } from './useCallTrial'

const waiting: TryAnswer = { steps: [], outcome: null, next: { kind: 'digits', node_key: 'ivr:1' } }
const ended: TryAnswer = {
  steps: [],
  outcome: { type: 'hangup', id: null, name: '', is_refused: false },
  next: null,
}

describe('a tried call', () => {
  it('asks again with every answer of the caller, and can take one back', async () => {
    const ask = vi.fn<(body: TryBody) => Promise<TryAnswer>>().mockResolvedValue(waiting)
    const trial = useCallTrial(() => '100', ask)
    trial.number = ' 351 '
    await trial.start()
    await trial.give('2')
    await trial.give(NO_ANSWER)
    expect(ask).toHaveBeenLastCalledWith({ did: '100', at: null, number: '351', inputs: ['2', 'timeout'] })
    await trial.takeBack()
    expect(ask).toHaveBeenLastCalledWith(expect.objectContaining({ inputs: ['2'] }))
    await trial.start()
    expect(ask).toHaveBeenLastCalledWith(expect.objectContaining({ inputs: [] }))
  })

  it('keeps the path when a request is refused, and says why', async () => {
    const ask = vi.fn<(body: TryBody) => Promise<TryAnswer>>().mockResolvedValueOnce(ended)
    const trial = useCallTrial(() => '100', ask)
    await trial.start()
    ask.mockRejectedValueOnce(new ApiProblem(404, 'not-found', ''))
    await trial.start()
    expect(trial.problem?.code).toBe('not-found')
    expect(trial.answer).toEqual(ended)
  })

  it('forgets a late answer about another number', async () => {
    let answer: (value: TryAnswer) => void = () => undefined
    const did = ref<string | null>('100')
    const trial = useCallTrial(
      () => did.value,
      () => new Promise((resolve) => (answer = resolve)),
    )
    const running = trial.start()
    did.value = '200'
    await nextTick()
    answer(ended)
    await running
    expect(trial.answer).toBeNull()
    expect(trial.asking).toBe(false)
  })

  it('asks nothing while no number is chosen', async () => {
    const ask = vi.fn<(body: TryBody) => Promise<TryAnswer>>()
    await useCallTrial(() => null, ask).start()
    expect(ask).not.toHaveBeenCalled()
  })
})
