/** The parts of a campaign's form by their step. */
import type { Component } from 'vue'

import type { StepKey } from '../form/steps'
import AgentsPart from './AgentsPart.vue'
import AssignmentPart from './AssignmentPart.vue'
import BasicsPart from './BasicsPart.vue'
import CallerPart from './CallerPart.vue'
import ContactsPart from './ContactsPart.vue'
import DialingPart from './DialingPart.vue'
import DispositionsPart from './DispositionsPart.vue'
import IncidencePart from './IncidencePart.vue'
import InteractionPart from './InteractionPart.vue'
import QueuePart from './QueuePart.vue'
import ScriptPart from './ScriptPart.vue'
import SupervisorsPart from './SupervisorsPart.vue'
import WorkPart from './WorkPart.vue'

export const PARTS: Record<StepKey, Component> = {
  basics: BasicsPart,
  contacts: ContactsPart,
  dialing: DialingPart,
  queue: QueuePart,
  caller: CallerPart,
  dispositions: DispositionsPart,
  incidence: IncidencePart,
  interaction: InteractionPart,
  script: ScriptPart,
  work: WorkPart,
  supervisors: SupervisorsPart,
  agents: AgentsPart,
  assignment: AssignmentPart,
}
