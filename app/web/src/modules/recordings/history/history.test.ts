import { describe, expect, it } from 'vitest'

import { historyQuery } from './filters'
import { clampPosition, nextSpeed, playerCommand } from './playback'

describe('historyQuery', () => {
  it('means whole days of the zone on screen', () => {
    expect(historyQuery({ from: '2026-11-21', to: '2026-11-21' }, 'America/Argentina/Cordoba')).toEqual({
      from: '2026-11-21T03:00:00.000Z',
      to: '2026-11-22T03:00:00.000Z',
    })
  })

  it('survives the end of a month and a clock change', () => {
    expect(historyQuery({ to: '2026-12-31' }, 'UTC').to).toBe('2027-01-01T00:00:00.000Z')
    const spring = historyQuery({ from: '2026-03-29', to: '2026-03-29' }, 'Europe/Madrid')
    expect(spring).toEqual({ from: '2026-03-28T23:00:00.000Z', to: '2026-03-29T22:00:00.000Z' })
  })

  it('leaves out what is empty and trims what was typed', () => {
    const filters = {
      from: '',
      campaign_id: '7',
      agent_id: '',
      number: ' 351 ',
      call_id: '  ',
      event: 'CONNECT',
    }
    expect(historyQuery(filters, 'UTC')).toEqual({ campaign_id: 7, number: '351', event: 'CONNECT' })
  })
})

describe('player', () => {
  const press = (key: string, target: EventTarget | null = null, ctrlKey = false) =>
    playerCommand({ key, target, ctrlKey, altKey: false, metaKey: false })

  it('knows its keys outside of fields and on its slider', () => {
    expect(press('k')).toBe('toggle')
    expect(press('ArrowRight')).toBe('forward')
    expect(press('x')).toBeNull()
    expect(press('k', null, true)).toBeNull()
    const field = document.createElement('input')
    expect(press('k', field)).toBeNull()
    field.type = 'range'
    expect(press('ArrowLeft', field)).toBe('back')
  })

  it('keeps speed and position inside their limits', () => {
    expect(nextSpeed(1, 1)).toBe(1.25)
    expect(nextSpeed(2, 1)).toBe(2)
    expect(nextSpeed(0.75, -1)).toBe(0.75)
    expect(clampPosition(-3, 60)).toBe(0)
    expect(clampPosition(63, 60)).toBe(60)
  })
})
