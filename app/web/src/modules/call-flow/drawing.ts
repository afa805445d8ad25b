/** Places of boxes and arrows: the tree of the outline drawn from left to right, so that no two lines ever cross. */
import type { Step } from './api'
import { itemsOf, type OutlineItem } from './outline'

const BOX = { width: 190, height: 52 }
/** Hanging up and mentions say little, and are drawn often. */
const SMALL = { width: 150, height: 32 }
const END = { width: 96, height: 32 }

const MARGIN = 26
const ROW_GAP = 11
/** Between a box and the labels of the arrows that leave it, where the arrows bend. */
const BEND = 44
/** Behind the labels, where the arrowheads are. */
const HEAD = 20
const LETTER_WIDTH = 6.4
const LABEL_PADDING = 16

export interface Box {
  key: string
  item: OutlineItem
  x: number
  y: number
  width: number
  height: number
}

export interface Arrow {
  /** Key of the box it leads to: each box has one arrow, but for the first. */
  key: string
  /** The `d` of an SVG path. */
  course: string
  label: { text: string; x: number; y: number } | null
}

export interface Drawing {
  width: number
  height: number
  boxes: Box[]
  arrows: Arrow[]
}

function sizeOf({ node, isMention }: OutlineItem): { width: number; height: number } {
  if (node.type === 'hangup') return END
  return isMention ? SMALL : BOX
}

/** Left edges of the columns: each leaves room for its longest label and its widest box. */
function columnsOf(root: OutlineItem, labelOf: (item: OutlineItem) => string): number[] {
  const columns: { label: number; box: number }[] = []
  const measure = (item: OutlineItem, depth: number): void => {
    const column = (columns[depth] ??= { label: 0, box: 0 })
    const text = labelOf(item)
    column.label = Math.max(column.label, text ? text.length * LETTER_WIDTH + LABEL_PADDING : 0)
    column.box = Math.max(column.box, sizeOf(item).width)
    for (const next of item.items) measure(next, depth + 1)
  }
  measure(root, 0)
  const lefts: number[] = []
  let x = MARGIN
  columns.forEach((column, depth) => {
    if (depth > 0) x += BEND + column.label + HEAD
    lefts.push(x)
    x += column.box
  })
  return [...lefts, x]
}

/** Height an item takes with everything that follows it, above and below the middle of its own box. */
function extentOf(item: OutlineItem): { above: number; below: number } {
  const half = sizeOf(item).height / 2
  const [first, ...others] = item.items.map(extentOf)
  if (!first) return { above: half, below: half }
  const rest = others.reduce((sum, next) => sum + ROW_GAP + next.above + next.below, 0)
  return { above: Math.max(half, first.above), below: Math.max(half, first.below + rest) }
}

const at = (x: number, y: number) => `${x.toFixed(1)} ${y.toFixed(1)}`

function arrowBetween(from: Box, to: Box, text: string): Arrow {
  const x = from.x + from.width
  const y = from.y + from.height / 2
  const toY = to.y + to.height / 2
  const bend = `C ${at(x + BEND * 0.6, y)} ${at(x + BEND * 0.3, toY)} ${at(x + BEND, toY)}`
  const labelX = (x + BEND + to.x - HEAD) / 2
  return {
    key: to.key,
    course: `M ${at(x, y)} ${bend} L ${at(to.x, toY)}`,
    label: text ? { text, x: labelX, y: toY } : null,
  }
}

/**
 * The first thing that follows stands beside its box, the others below: what a picture that is larger than the screen
 * shows first is the beginning. `labelOf` says what stands on the arrow that leads to an item.
 */
export function draw(root: OutlineItem, labelOf: (item: OutlineItem) => string): Drawing {
  const columns = columnsOf(root, labelOf)
  const { above, below } = extentOf(root)
  const drawing: Drawing = {
    width: (columns.at(-1) ?? 0) + MARGIN,
    height: above + below + 2 * MARGIN,
    boxes: [],
    arrows: [],
  }
  const put = (item: OutlineItem, depth: number, middle: number): Box => {
    const size = sizeOf(item)
    const box = { key: item.path, item, x: columns[depth] ?? 0, y: middle - size.height / 2, ...size }
    drawing.boxes.push(box)
    let row = middle
    item.items.forEach((next, index) => {
      const extent = extentOf(next)
      if (index > 0) row += ROW_GAP + extent.above
      drawing.arrows.push(arrowBetween(box, put(next, depth + 1, row), labelOf(next)))
      row += extent.below
    })
    return box
  }
  put(root, 0, MARGIN + above)
  return drawing
}

export interface Lit {
  /** Numbers of the steps at each box, from 1; empty where the call begins and at mentions it passes. */
  boxes: Map<string, number[]>
  arrows: Set<string>
}

/** What a tried call passes. It begins at the first item, before the first step. */
export function litBy(steps: readonly Step[], root: OutlineItem): Lit {
  const lit: Lit = { boxes: new Map(), arrows: new Set() }
  if (steps.length === 0) return lit
  const homes = new Map(
    [...itemsOf(root)].flatMap((item) => (item.isMention ? [] : [[item.node.key, item] as const])),
  )
  let here: OutlineItem | undefined = root
  lit.boxes.set(root.path, [])
  steps.forEach((step, index) => {
    const way = here?.items.find((next) => next.node.key === step.node_key)
    if (way) {
      lit.arrows.add(way.path)
      lit.boxes.set(way.path, lit.boxes.get(way.path) ?? [])
    }
    here = way && !way.isMention ? way : homes.get(step.node_key)
    if (here) lit.boxes.set(here.path, [...(lit.boxes.get(here.path) ?? []), index + 1])
  })
  return lit
}
