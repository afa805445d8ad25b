/** Words of the flow: why a call goes on from one thing to the next, what happened, what is wrong. */
import { useI18n } from 'vue-i18n'

import type { Finding, FlowEdge, Step } from './api'

export function useFlowWords() {
  const { t, te } = useI18n()

  function edgeText({ kind, digit }: FlowEdge): string {
    if (kind === 'always') return ''
    return kind === 'digit' ? (digit ?? '') : t(`call-flow.edge.${kind}`)
  }

  /** Several reasons as one label: `1, 2, no key`. */
  function edgesText(edges: readonly FlowEdge[]): string {
    return edges.map(edgeText).filter(Boolean).join(', ')
  }

  /** The same for reading aloud, where a bare digit says little. */
  function spokenEdges(edges: readonly FlowEdge[]): string {
    return edges
      .map((edge) =>
        edge.kind === 'digit' ? t('call-flow.edge.digit', { digit: edge.digit ?? '' }) : edgeText(edge),
      )
      .filter(Boolean)
      .join(', ')
  }

  function kindOf(type: string): string {
    return te(`telephony.type.${type}`) ? t(`telephony.type.${type}`) : type
  }

  function nameOf(node: { type: string; name: string }): string {
    return node.name || kindOf(node.type)
  }

  /** Why the call came to this place. */
  function stepText({ event, detail }: Step): string {
    return t(`call-flow.event.${event}`, { detail })
  }

  function findingText({ code, message }: Finding): string {
    const key = `call-flow.finding.${code}`
    return te(key) ? t(key) : message
  }

  return { edgesText, spokenEdges, kindOf, nameOf, stepText, findingText }
}
