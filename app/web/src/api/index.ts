export { api, call, csrfToken, onSessionLost } from './client'
export { everyPage } from './everyPage'
export { ApiProblem, asProblem, type FieldProblem } from './problem'
export type { AgentLive, Answer, Body, CallLive, Item, LiveSnapshot, Me, Page } from './types'
