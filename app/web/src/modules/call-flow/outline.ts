/**
 * The flow as a tree: what follows what, from the number on. It is the outline, and what the picture is drawn from.
 *
 * A thing several ways lead to stands where the shortest of them comes to it, with what follows; the others only
 * mention it. So a loop is a mention of something further up, and nothing is shown twice. Hanging up is the
 * exception: nothing follows it, so it stands wherever it happens.
 */
import type { Flow, FlowEdge, FlowNode } from './api'

export interface OutlineItem {
  /** Path of keys from the beginning; each occurs once. */
  path: string
  node: FlowNode
  /** Why the call comes here from the item above; empty at the beginning. */
  edges: FlowEdge[]
  /** Whether it stands elsewhere, with what follows it. */
  isMention: boolean
  items: OutlineItem[]
}

export function outlineOf(flow: Flow): OutlineItem | null {
  const [first] = flow.nodes
  if (!first) return null
  const nodes = new Map(flow.nodes.map((node) => [node.key, node]))
  const root = { path: first.key, node: first, edges: [], isMention: false, items: [] }
  const placed = new Set([first.key])
  const waiting: OutlineItem[] = [root]
  for (let item = waiting.shift(); item; item = waiting.shift()) {
    for (const [target, edges] of edgesByTarget(flow.edges, item.node.key)) {
      const node = nodes.get(target)
      if (!node) continue
      const isMention = placed.has(target) && node.type !== 'hangup'
      const next = { path: `${item.path}/${target}`, node, edges, isMention, items: [] }
      item.items.push(next)
      placed.add(target)
      if (!isMention) waiting.push(next)
    }
  }
  return root
}

function edgesByTarget(edges: readonly FlowEdge[], source: string): Map<string, FlowEdge[]> {
  const found = new Map<string, FlowEdge[]>()
  for (const edge of edges) {
    if (edge.source === source) found.set(edge.target, [...(found.get(edge.target) ?? []), edge])
  }
  return found
}

/** The item and everything below it, from the top. */
export function* itemsOf(item: OutlineItem): Generator<OutlineItem> {
  yield item
  for (const next of item.items) yield* itemsOf(next)
}
