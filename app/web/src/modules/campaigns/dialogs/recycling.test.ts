import { describe, expect, it } from 'vitest'

import { choiceOf, chosenCount, sortsOf } from './recycling'

const counts = {
  dispositions: [
    { option_id: 7, name: 'Sold', count: 3 },
    { option_id: 8, name: 'Busy', count: 2 },
  ],
  outcomes: [{ outcome: 'no-answer' as const, count: 4 }],
  never_called: 10,
}

describe('recycling', () => {
  it('counts what is chosen', () => {
    expect(chosenCount(counts, [])).toBe(0)
    expect(chosenCount(counts, ['option:8', 'outcome:no-answer', 'never'])).toBe(16)
  })

  it('asks for what is chosen', () => {
    expect(choiceOf(['option:8', 'outcome:no-answer', 'never'])).toEqual({
      option_ids: [8],
      outcomes: ['no-answer'],
      never_called: true,
    })
    expect(choiceOf(['option:7'])).toEqual({ option_ids: [7], outcomes: [], never_called: false })
  })

  it('does not offer "never called" when everybody was', () => {
    expect(sortsOf({ ...counts, never_called: 0 }).outcomes.map(({ key }) => key)).toEqual([
      'outcome:no-answer',
    ])
  })
})
