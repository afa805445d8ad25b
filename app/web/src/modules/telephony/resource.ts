import type { Page } from '@/api'
import type { ListQuery } from '@/kit'

import type { UsedBy } from './things'

/** What every thing of telephony has; the one-item answer also says what uses it. */
export interface Entity {
  id: number
  name: string
  used_by?: UsedBy[] | null
}

/** The requests a list and an edit page make about one kind of thing. */
export interface Resource<T extends Entity> {
  list: (query: ListQuery) => Promise<Page<T>>
  get: (id: number) => Promise<T>
  remove: (id: number) => Promise<unknown>
}
