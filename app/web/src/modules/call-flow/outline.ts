/** The flow as a list in a list: the same data for those who do not look at a picture. */
import type { Flow, FlowEdge, FlowNode } from './api'

export interface OutlineItem {
  /** Path of keys from the beginning; each occurs once. */
  path: string
  node: FlowNode
  /** Why the call comes here from the item above; empty at the beginning. */
  edges: FlowEdge[]
  /** Whether it stands further up with what follows it, so that it is not repeated here. */
  isRepeated: boolean
  items: OutlineItem[]
}

export function outlineOf(flow: Flow): OutlineItem | null {
  const nodes = new Map(flow.nodes.map((node) => [node.key, node]))
  const seen = new Set<string>()

  function itemOf(node: FlowNode, edges: FlowEdge[], above: string): OutlineItem {
    const path = `${above}/${node.key}`
    const isRepeated = seen.has(node.key)
    const item: OutlineItem = { path, node, edges, isRepeated, items: [] }
    if (isRepeated) return item
    seen.add(node.key)
    for (const [target, leading] of edgesByTarget(flow.edges, node.key)) {
      const next = nodes.get(target)
      if (next) item.items.push(itemOf(next, leading, path))
    }
    return item
  }

  const [first] = flow.nodes
  return first ? itemOf(first, [], '') : null
}

function edgesByTarget(edges: readonly FlowEdge[], source: string): Map<string, FlowEdge[]> {
  const found = new Map<string, FlowEdge[]>()
  for (const edge of edges) {
    if (edge.source === source) found.set(edge.target, [...(found.get(edge.target) ?? []), edge])
  }
  return found
}
