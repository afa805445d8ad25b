import { describe, expect, it } from 'vitest'

import { callbackQuery } from './filters'

describe('callbackQuery', () => {
  it('means whole days of the zone on screen', () => {
    expect(callbackQuery({ from: '2026-11-21', to: '2026-11-22' }, 'America/Argentina/Cordoba')).toEqual({
      from: '2026-11-21T03:00:00.000Z',
      to: '2026-11-23T03:00:00.000Z',
    })
  })

  it('asks for overdue ones only where the address says so', () => {
    const filters = { campaign_id: '7', agent_id: '', from: '', to: '' }
    expect(callbackQuery({ ...filters, overdue: 'true' }, 'UTC')).toEqual({ campaign_id: 7, overdue: true })
    for (const overdue of ['', 'false', 'x']) {
      expect(callbackQuery({ ...filters, overdue }, 'UTC')).toEqual({ campaign_id: 7 })
    }
  })
})
