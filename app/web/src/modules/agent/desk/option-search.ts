/** Search-as-you-type over disposition options: accents and case do not matter, word beginnings come first. */
export function searchOptions<T extends { name: string }>(options: readonly T[], search: string): T[] {
  const wanted = fold(search.trim())
  if (!wanted) return [...options]
  const ranked = options.flatMap((option) => {
    const rank = rankOf(fold(option.name), wanted)
    return rank === null ? [] : [{ option, rank }]
  })
  return ranked.sort((a, b) => a.rank - b.rank).map(({ option }) => option)
}

function rankOf(name: string, wanted: string): number | null {
  if (name.startsWith(wanted)) return 0
  if (name.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted))) return 1
  return name.includes(wanted) ? 2 : null
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
