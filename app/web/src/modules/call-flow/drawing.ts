/**
 * From the flow as the server tells it to what is drawn: boxes and arrows with their places.
 *
 * Two things differ from the flow, for the eye's sake: arrows between the same two boxes become one with several
 * labels, and hanging up is drawn once for each box that leads to it, instead of gathering arrows from everywhere.
 */
import { Graph, layout } from '@dagrejs/dagre'

import type { Flow, FlowEdge, FlowNode, Step } from './api'

export const BOX = { width: 212, height: 54 }
/** Hanging up needs no name, and is drawn often. */
const END = { width: 100, height: 34 }
const MARGIN = 24
const LETTER_WIDTH = 6.6
const LABEL_PADDING = 14
const LABEL_HEIGHT = 22

export interface Arrow {
  key: string
  source: string
  target: string
  edges: FlowEdge[]
}

export interface Drawing {
  boxes: { key: string; node: FlowNode }[]
  arrows: Arrow[]
}

export interface Point {
  x: number
  y: number
}

export interface Placed {
  width: number
  height: number
  /** Top left corners, by key of the box. */
  boxes: Map<string, Point>
  /** Course of each arrow and the middle of its label, by key of the arrow. */
  arrows: Map<string, { points: Point[]; label: Point }>
}

export function sizeOf(node: FlowNode): typeof BOX {
  return node.type === 'hangup' ? END : BOX
}

/** Key of the box an edge leads to. */
function boxKeyOf(source: string, target: FlowNode): string {
  return target.type === 'hangup' ? `${source}>${target.key}` : target.key
}

export function drawingOf(flow: Flow): Drawing {
  const nodes = new Map(flow.nodes.map((node) => [node.key, node]))
  const boxes = flow.nodes
    .filter((node, index) => node.type !== 'hangup' || index === 0)
    .map((node) => ({ key: node.key, node }))
  const drawn = new Set(boxes.map((box) => box.key))
  const arrows = new Map<string, Arrow>()
  for (const edge of flow.edges) {
    const target = nodes.get(edge.target)
    if (!target) continue
    const box = boxKeyOf(edge.source, target)
    if (!drawn.has(box)) {
      drawn.add(box)
      boxes.push({ key: box, node: target })
    }
    const key = `${edge.source}→${box}`
    const arrow = arrows.get(key) ?? { key, source: edge.source, target: box, edges: [] }
    arrow.edges.push(edge)
    arrows.set(key, arrow)
  }
  return { boxes, arrows: [...arrows.values()] }
}

/** Places in pixels, the call running from left to right. `labelOf` says how long the labels are. */
export function place(drawing: Drawing, labelOf: (arrow: Arrow) => string): Placed {
  const graph = new Graph({ multigraph: true })
  graph.setGraph({
    rankdir: 'LR',
    nodesep: 12,
    edgesep: 8,
    ranksep: 26,
    marginx: MARGIN,
    marginy: MARGIN,
  })
  for (const box of drawing.boxes) graph.setNode(box.key, { ...sizeOf(box.node) })
  for (const arrow of drawing.arrows) {
    const label = labelOf(arrow)
    const width = label ? label.length * LETTER_WIDTH + LABEL_PADDING : 0
    const size = { width, height: label ? LABEL_HEIGHT : 0, labelpos: 'c' as const }
    graph.setEdge(arrow.source, arrow.target, size, arrow.key)
  }
  layout(graph)

  const boxes = new Map<string, Point>()
  for (const box of drawing.boxes) {
    const { x, y } = graph.node(box.key) as Point
    const { width, height } = sizeOf(box.node)
    boxes.set(box.key, { x: x - width / 2, y: y - height / 2 })
  }
  const arrows = new Map<string, { points: Point[]; label: Point }>()
  for (const arrow of drawing.arrows) {
    const edge = graph.edge(arrow.source, arrow.target, arrow.key) as { points: Point[] } & Partial<Point>
    const middle = edge.points[Math.floor(edge.points.length / 2)] ?? { x: 0, y: 0 }
    arrows.set(arrow.key, { points: edge.points, label: { x: edge.x ?? middle.x, y: edge.y ?? middle.y } })
  }
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  return { width, height, boxes, arrows }
}

const at = ({ x, y }: Point) => `${x.toFixed(1)} ${y.toFixed(1)}`
const between = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })

/** A soft line through the points, as the `d` of an SVG path; it ends straight, where the arrowhead sits. */
export function curve(points: readonly Point[]): string {
  const [first, ...rest] = points
  const last = rest.at(-1)
  if (!first || !last) return ''
  const bends = rest.slice(0, -1)
  const parts = [`M ${at(first)}`]
  bends.forEach((bend, index) => {
    parts.push(`Q ${at(bend)} ${at(between(bend, bends[index + 1] ?? last))}`)
  })
  parts.push(`L ${at(last)}`)
  return parts.join(' ')
}

export interface Lit {
  /** Numbers of the steps at each box, from 1. */
  boxes: Map<string, number[]>
  arrows: Set<string>
}

/** The boxes and arrows a tried call passes through; it begins at the first box, before the first step. */
export function litBy(steps: readonly Step[], drawing: Drawing): Lit {
  const lit: Lit = { boxes: new Map(), arrows: new Set() }
  const [start] = drawing.boxes
  if (!start || steps.length === 0) return lit
  const types = new Map(drawing.boxes.map((box) => [box.key, box.node]))
  let before = start.key
  lit.boxes.set(start.key, [])
  steps.forEach((step, index) => {
    const ofHangup = `${before}>${step.node_key}`
    const key = types.has(ofHangup) ? ofHangup : step.node_key
    if (!types.has(key)) return
    lit.boxes.set(key, [...(lit.boxes.get(key) ?? []), index + 1])
    lit.arrows.add(`${before}→${key}`)
    before = key
  })
  return lit
}
