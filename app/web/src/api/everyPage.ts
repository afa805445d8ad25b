import type { Page } from './types'

const LARGEST_PAGE = 200

/** All items of a paginated list, page after page; for choices in forms, not for showing. */
export async function everyPage<T>(
  load: (query: { page: number; page_size: number }) => Promise<Page<T>>,
): Promise<T[]> {
  const items: T[] = []
  for (let page = 1; ; page += 1) {
    const answer = await load({ page, page_size: LARGEST_PAGE })
    items.push(...answer.items)
    if (answer.items.length === 0 || items.length >= answer.total) return items
  }
}
