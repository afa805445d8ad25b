import { describe, expect, it } from 'vitest'

import type { Permission } from '@/app/permissions/catalogue'

import { applied, given, imitated, taken } from './matrix'

function permission(key: string, ...needs: string[]): Permission {
  return { key, group: 'people', description: key, needs }
}

const CATALOGUE = [
  permission('users.read'),
  permission('users.write', 'users.read', 'users.write-agents'),
  permission('users.write-agents', 'users.read'),
  permission('pauses.read'),
  permission('pauses.write', 'pauses.read'),
]
const everything = () => true

describe('ticking', () => {
  it('brings what is needed along, in the order of the catalogue', () => {
    expect(given(CATALOGUE, ['pauses.read'], 'users.write')).toEqual([
      'users.read',
      'users.write',
      'users.write-agents',
      'pauses.read',
    ])
  })

  it('takes what is of no use any more along', () => {
    const held = ['users.read', 'users.write', 'users.write-agents', 'pauses.read']
    expect(taken(CATALOGUE, held, 'users.read')).toEqual(['pauses.read'])
    expect(taken(CATALOGUE, held, 'users.write-agents')).toEqual(['users.read', 'pauses.read'])
    expect(taken(CATALOGUE, held, 'users.write')).toEqual(['users.read', 'users.write-agents', 'pauses.read'])
  })
})

describe('taking over another role', () => {
  it('imitates it: the same and nothing else', () => {
    expect(imitated(CATALOGUE, ['pauses.write', 'pauses.read'], everything)).toEqual({
      permissions: ['pauses.read', 'pauses.write'],
      refused: [],
    })
  })

  it('applies it: adds to what is there', () => {
    expect(applied(CATALOGUE, ['users.read'], ['pauses.read'], everything).permissions).toEqual([
      'users.read',
      'pauses.read',
    ])
  })

  it('leaves out what one may not give away, and what needs it', () => {
    const may = (key: string) => key !== 'users.write-agents'
    expect(imitated(CATALOGUE, ['users.read', 'users.write-agents', 'users.write'], may)).toEqual({
      permissions: ['users.read'],
      refused: ['users.write-agents', 'users.write'],
    })
  })
})
