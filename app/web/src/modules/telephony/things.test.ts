import { describe, expect, it } from 'vitest'

import { modules } from '@/app/registry'

import { creationOf, destinationBody, DESTINATION_TYPES, isComplete, pageOf } from './things'

const routes = new Map(
  modules.flatMap((module) => module.routes).map((route) => [String(route.name), route] as const),
)

describe('destinations', () => {
  it('are sent without their name, and hanging up without an id', () => {
    const named = { type: 'ivr', id: 3, name: 'Main menu' } as const
    expect(destinationBody(named)).toEqual({ type: 'ivr', id: 3 })
    expect(destinationBody({ type: 'hangup', id: 3 })).toEqual({ type: 'hangup', id: null })
  })

  it('are complete with an id, or when nothing has to be chosen', () => {
    expect(isComplete({ type: 'ivr', id: null })).toBe(false)
    expect(isComplete({ type: 'ivr', id: 1 })).toBe(true)
    expect(isComplete({ type: 'hangup', id: null })).toBe(true)
  })
})

describe('pages of things', () => {
  const types = [
    ...DESTINATION_TYPES,
    'inbound-route',
    'outbound-route',
    'time-group',
    'moh-playlist',
    'trunk',
  ]

  it.each(types)('of %s exist', (type) => {
    const page = pageOf(type, 1) as { name: string } | null
    if (page) expect(routes.has(page.name), page.name).toBe(true)
    const creation = creationOf(type)
    if (!creation) return
    const route = routes.get((creation.to as { name: string }).name)
    expect(route?.meta?.permission).toBe(creation.write)
  })

  it('are none without an id, and none for agents and hanging up', () => {
    expect(pageOf('ivr', null)).toBeNull()
    expect(pageOf('agent', 1)).toBeNull()
    expect(creationOf('hangup')).toBeNull()
  })
})
