import { describe, expect, it } from 'vitest'

import type { Flow, FlowEdge, FlowNode, Step } from './api'
import { curve, drawingOf, litBy, place, sizeOf } from './drawing'
import { outlineOf } from './outline'

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
    edge('ivr:1', 'inbound-campaign:5', 'digit', '1'),
    edge('ivr:1', 'inbound-campaign:5', 'timeout'),
    edge('ivr:1', 'ivr:2', 'digit', '2'),
    edge('ivr:1', 'hangup', 'invalid'),
    edge('ivr:2', 'ivr:1', 'digit', '9'),
    edge('ivr:2', 'hangup', 'timeout'),
  ],
  findings: [],
}

describe('the drawing', () => {
  const drawing = drawingOf(flow)

  it('joins arrows between the same two boxes', () => {
    const arrow = drawing.arrows.find((found) => found.target === 'inbound-campaign:5')
    expect(arrow?.edges.map((found) => found.digit ?? found.kind)).toEqual(['1', 'timeout'])
    expect(drawing.arrows).toHaveLength(6)
  })

  it('hangs up beside each box that does', () => {
    const ends = drawing.boxes.filter((box) => box.node.type === 'hangup').map((box) => box.key)
    expect(ends).toEqual(['ivr:1>hangup', 'ivr:2>hangup'])
  })

  it('leaves out arrows to what the answer does not hold', () => {
    const broken = { ...flow, edges: [edge('inbound-route:1', 'ivr:9', 'always')] }
    expect(drawingOf(broken).arrows).toEqual([])
  })

  it('has a place for every box and arrow, none on top of another, loops included', () => {
    const placed = place(drawing, () => 'label')
    const areas = drawing.boxes.map(({ key, node }) => ({ ...placed.boxes.get(key)!, ...sizeOf(node) }))
    areas.forEach((a, index) => {
      for (const b of areas.slice(index + 1)) {
        const beside = a.x + a.width <= b.x || b.x + b.width <= a.x
        const above = a.y + a.height <= b.y || b.y + b.height <= a.y
        expect(beside || above).toBe(true)
      }
    })
    expect(placed.arrows.size).toBe(drawing.arrows.length)
    for (const { key, node } of drawing.boxes) {
      const corner = placed.boxes.get(key)!
      expect(corner.x + sizeOf(node).width).toBeLessThanOrEqual(placed.width)
      expect(corner.y + sizeOf(node).height).toBeLessThanOrEqual(placed.height)
    }
  })

  it('keeps thirty boxes apart', () => {
    const many: Flow = {
      nodes: [node('ivr', 0), ...Array.from({ length: 29 }, (_, id) => node('inbound-campaign', id))],
      edges: Array.from({ length: 29 }, (_, id) => edge('ivr:0', `inbound-campaign:${id}`, 'digit', '1')),
      findings: [],
    }
    const rows = [...place(drawingOf(many), () => '1').boxes.values()].slice(1).map((corner) => corner.y)
    expect(new Set(rows).size).toBe(29)
  })
})

describe('a curve', () => {
  it('starts and ends where the arrow does', () => {
    const d = curve([
      { x: 0, y: 0 },
      { x: 10, y: 5 },
      { x: 20, y: 20 },
    ])
    expect(d.startsWith('M 0.0 0.0')).toBe(true)
    expect(d.endsWith('L 20.0 20.0')).toBe(true)
  })

  it('is nothing without two points', () => {
    expect(curve([{ x: 1, y: 1 }])).toBe('')
  })
})

describe('a tried call', () => {
  it('lights its boxes and arrows, the right way of hanging up too', () => {
    const lit = litBy(
      [step('inbound-route:1'), step('ivr:1'), step('ivr:2'), step('hangup')],
      drawingOf(flow),
    )
    expect([...lit.boxes.keys()]).toEqual(['inbound-route:1', 'ivr:1', 'ivr:2', 'ivr:2>hangup'])
    expect(lit.arrows.has('ivr:2→ivr:2>hangup')).toBe(true)
    expect(lit.arrows.has('ivr:1→ivr:1>hangup')).toBe(false)
  })

  it('is nowhere before it begins', () => {
    expect(litBy([], drawingOf(flow)).boxes.size).toBe(0)
  })

  it('may pass a box twice, and ignores what is not drawn', () => {
    const steps = [step('ivr:1'), step('ivr:2'), step('ivr:1'), step('agent:9')]
    const lit = litBy(steps, drawingOf(flow))
    expect(lit.boxes.get('ivr:1')).toEqual([1, 3])
    expect([...lit.boxes.keys()]).toEqual(['inbound-route:1', 'ivr:1', 'ivr:2'])
  })
})

describe('the outline', () => {
  it('follows the call, and does not repeat what stands further up', () => {
    const outline = outlineOf(flow)
    const menu = outline?.items[0]
    expect(menu?.items.map((item) => item.node.key)).toEqual(['inbound-campaign:5', 'ivr:2', 'hangup'])
    const back = menu?.items[1]?.items[0]
    expect(back).toMatchObject({ isRepeated: true, items: [] })
    expect(menu?.items[0]?.edges).toHaveLength(2)
  })

  it('is nothing without a beginning', () => {
    expect(outlineOf({ nodes: [], edges: [], findings: [] })).toBeNull()
  })
})
