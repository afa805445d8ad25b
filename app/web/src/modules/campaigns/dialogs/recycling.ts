/** Which contacts are recycled: what is ticked, how many contacts that is, and the request. */
import type { Recycling, RecyclingCounts } from '../leads/api'

/** `option:7`, `outcome:busy`, `never`. */
export type Sort = string

export interface CountedSort {
  key: Sort
  count: number
}

export function sortsOf(counts: RecyclingCounts): { dispositions: CountedSort[]; outcomes: CountedSort[] } {
  return {
    dispositions: counts.dispositions.map(({ option_id, count }) => ({ key: `option:${option_id}`, count })),
    outcomes: [
      ...counts.outcomes.map(({ outcome, count }) => ({ key: `outcome:${outcome}`, count })),
      ...(counts.never_called > 0 ? [{ key: 'never', count: counts.never_called }] : []),
    ],
  }
}

export function chosenCount(counts: RecyclingCounts, chosen: readonly Sort[]): number {
  const { dispositions, outcomes } = sortsOf(counts)
  return [...dispositions, ...outcomes]
    .filter(({ key }) => chosen.includes(key))
    .reduce((sum, { count }) => sum + count, 0)
}

export function choiceOf(
  chosen: readonly Sort[],
): Pick<Recycling, 'option_ids' | 'outcomes' | 'never_called'> {
  const after = (prefix: string) =>
    chosen.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))
  return {
    option_ids: after('option:').map(Number),
    outcomes: after('outcome:') as Recycling['outcomes'],
    never_called: chosen.includes('never'),
  }
}
