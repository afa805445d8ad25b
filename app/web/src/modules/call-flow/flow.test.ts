import { describe, expect, it } from 'vitest'

import type { Flow, FlowEdge, FlowNode, Step } from './api'
import { draw, litBy, type Drawing } from './drawing'
import { itemsOf, outlineOf, type OutlineItem } from './outline'

const node = (type: FlowNode['type'], id: number | null, name = ''): FlowNode => ({
  key: id === null ? type : `${type}:${id}`,
  type,
  id,
  name,
})
const edge = (source: string, target: string, kind: FlowEdge['kind'], digit: string | null = null) => ({
  source,
  target,
  kind,
  digit,
})
const step = (node_key: string): Step => ({
  node_key,
  type: node_key.split(':')[0] as Step['type'],
  name: '',
  event: 'always',
  detail: '',
})

/** A menu whose second key comes back to it through another menu, and two ways to hang up. */
const flow: Flow = {
  nodes: [
    node('inbound-route', 1, 'Main line'),
    node('ivr', 1, 'Menu'),
    node('ivr', 2, 'Other menu'),
    node('inbound-campaign', 5, 'Sales'),
    node('hangup', null),
  ],
  edges: [
    edge('inbound-route:1', 'ivr:1', 'always'),
    edge('ivr:1', 'ivr:2', 'digit', '2'),
    edge('ivr:1', 'inbound-campaign:5', 'digit', '1'),
    edge('ivr:1', 'inbound-campaign:5', 'timeout'),
    edge('ivr:1', 'hangup', 'invalid'),
    edge('ivr:2', 'ivr:1', 'digit', '9'),
    edge('ivr:2', 'inbound-campaign:5', 'digit', '1'),
    edge('ivr:2', 'hangup', 'timeout'),
  ],
  findings: [],
}
const root = outlineOf(flow)!
const MENU = 'inbound-route:1/ivr:1'
const OTHER = `${MENU}/ivr:2`

function expectApart({ boxes, width, height }: Drawing): void {
  boxes.forEach((a, index) => {
    expect(a.x + a.width).toBeLessThanOrEqual(width)
    expect(a.y + a.height).toBeLessThanOrEqual(height)
    for (const b of boxes.slice(index + 1)) {
      const beside = a.x + a.width <= b.x || b.x + b.width <= a.x
      const above = a.y + a.height <= b.y || b.y + b.height <= a.y
      expect(beside || above, `${a.key} and ${b.key}`).toBe(true)
    }
  })
}

describe('the outline', () => {
  it('places a thing where the shortest way comes to it, and mentions it elsewhere', () => {
    const menu = root.items[0]!
    expect(menu.items.map((item) => [item.node.key, item.isMention])).toEqual([
      ['ivr:2', false],
      ['inbound-campaign:5', false],
      ['hangup', false],
    ])
    expect(menu.items[0]!.items.map((item) => [item.node.key, item.isMention])).toEqual([
      ['ivr:1', true],
      ['inbound-campaign:5', true],
      ['hangup', false],
    ])
  })

  it('joins ways between the same two things', () => {
    const sales = root.items[0]!.items[1]!
    expect(sales.edges.map((found) => found.digit ?? found.kind)).toEqual(['1', 'timeout'])
  })

  it('leaves out ways to what the answer does not hold', () => {
    expect(outlineOf({ ...flow, edges: [edge('inbound-route:1', 'ivr:9', 'always')] })?.items).toEqual([])
  })

  it('is nothing without a beginning', () => {
    expect(outlineOf({ nodes: [], edges: [], findings: [] })).toBeNull()
  })
})

describe('the drawing', () => {
  const labelOf = (item: OutlineItem) => item.edges.map((found) => found.digit ?? found.kind).join(', ')

  it('has a box for every item, none on another, and an arrow to each but the first', () => {
    const drawing = draw(root, labelOf)
    const items = [...itemsOf(root)]
    expect(drawing.boxes.map((box) => box.key)).toEqual(items.map((item) => item.path))
    expect(drawing.arrows).toHaveLength(items.length - 1)
    expectApart(drawing)
  })

  it('leaves room for the longest label between two columns', () => {
    const label = 'a rather long reason'
    const { boxes, arrows } = draw(root, () => label)
    const from = boxes.find((box) => box.key === MENU)!
    const to = boxes.find((box) => box.key === OTHER)!
    const half = (label.length * 6) / 2
    const placed = arrows.find((arrow) => arrow.key === OTHER)!.label!
    expect(placed.x - half).toBeGreaterThan(from.x + from.width)
    expect(placed.x + half).toBeLessThan(to.x)
  })

  it('begins an arrow at the right of a box and ends it at the left of the next', () => {
    const { boxes, arrows } = draw(root, labelOf)
    const [from, to] = boxes
    const middle = (from!.y + from!.height / 2).toFixed(1)
    expect(arrows.find((arrow) => arrow.key === to!.key)?.course).toMatch(
      new RegExp(`^M ${(from!.x + from!.width).toFixed(1)} ${middle} C .* L ${to!.x.toFixed(1)} ${middle}$`),
    )
  })

  it('keeps thirty boxes apart', () => {
    const many: Flow = {
      nodes: [node('ivr', 0), ...Array.from({ length: 29 }, (_, id) => node('inbound-campaign', id))],
      edges: Array.from({ length: 29 }, (_, id) => edge('ivr:0', `inbound-campaign:${id}`, 'digit', '1')),
      findings: [],
    }
    expectApart(draw(outlineOf(many)!, labelOf))
  })
})

describe('a tried call', () => {
  it('lights its boxes and arrows, the right way of hanging up too', () => {
    const lit = litBy([step('ivr:1'), step('ivr:2'), step('hangup')], root)
    expect([...lit.boxes]).toEqual([
      ['inbound-route:1', []],
      [MENU, [1]],
      [OTHER, [2]],
      [`${OTHER}/hangup`, [3]],
    ])
    expect([...lit.arrows]).toEqual([MENU, OTHER, `${OTHER}/hangup`])
  })

  it('goes on at the thing itself after a mention of it', () => {
    const lit = litBy([step('ivr:1'), step('ivr:2'), step('ivr:1'), step('inbound-campaign:5')], root)
    expect(lit.boxes.get(`${OTHER}/ivr:1`)).toEqual([])
    expect(lit.boxes.get(MENU)).toEqual([1, 3])
    expect(lit.arrows.has(`${MENU}/inbound-campaign:5`)).toBe(true)
    expect(lit.arrows.has(`${OTHER}/inbound-campaign:5`)).toBe(false)
  })

  it('is nowhere before it begins, and ignores what is not drawn', () => {
    expect(litBy([], root).boxes.size).toBe(0)
    expect([...litBy([step('agent:9')], root).boxes.keys()]).toEqual(['inbound-route:1'])
  })
})
