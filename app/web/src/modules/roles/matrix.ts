/**
 * What happens to a role's permissions when one is ticked, or when those of another role are taken over. A permission
 * may need others (changing needs seeing): they come with it, and it goes with them.
 */
import type { Permission } from '@/app/permissions/catalogue'

function needsOf(catalogue: readonly Permission[], key: string): string[] {
  return catalogue.find((permission) => permission.key === key)?.needs ?? []
}

/** In the order of the catalogue, so that equal roles are equal lists. */
function ordered(catalogue: readonly Permission[], held: ReadonlySet<string>): string[] {
  return catalogue.map((permission) => permission.key).filter((key) => held.has(key))
}

export function given(catalogue: readonly Permission[], held: readonly string[], key: string): string[] {
  const result = new Set(held)
  const add = (wanted: string) => {
    if (result.has(wanted)) return
    result.add(wanted)
    needsOf(catalogue, wanted).forEach(add)
  }
  result.delete(key)
  add(key)
  return ordered(catalogue, result)
}

export function taken(catalogue: readonly Permission[], held: readonly string[], key: string): string[] {
  return withoutOrphans(
    catalogue,
    held.filter((other) => other !== key),
  )
}

/** Leaves out what lacks something it needs. */
function withoutOrphans(catalogue: readonly Permission[], held: readonly string[]): string[] {
  let left = new Set(held)
  for (;;) {
    const kept = new Set(
      [...left].filter((key) => needsOf(catalogue, key).every((needed) => left.has(needed))),
    )
    if (kept.size === left.size) return ordered(catalogue, kept)
    left = kept
  }
}

export interface TakenOver {
  permissions: string[]
  /** What the other role has and one may not give away. */
  refused: string[]
}

/** The same permissions as the other role ("imitate"). */
export function imitated(
  catalogue: readonly Permission[],
  other: readonly string[],
  may: (permission: string) => boolean,
): TakenOver {
  const permissions = withoutOrphans(catalogue, other.filter(may))
  return { permissions, refused: other.filter((key) => !permissions.includes(key)) }
}

/** The permissions of the other role beside those held already ("apply"). */
export function applied(
  catalogue: readonly Permission[],
  held: readonly string[],
  other: readonly string[],
  may: (permission: string) => boolean,
): TakenOver {
  const { permissions, refused } = imitated(catalogue, other, may)
  return { permissions: ordered(catalogue, new Set([...held, ...permissions])), refused }
}
