/** Names for the bodies of the API, read from the generated paths so they follow the server by themselves. */
import type { paths } from './schema'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Operation<P extends keyof paths, M extends Method> = M extends keyof paths[P] ? paths[P][M] : never
type JsonOf<T> = T extends { content: { 'application/json': infer Body } } ? Body : never
type Successes<T> = T extends { responses: infer R }
  ? { [Status in keyof R]: Status extends 200 | 201 | 202 ? JsonOf<R[Status]> : never }[keyof R]
  : never

/** JSON body of the successful answer of one operation. */
export type Answer<P extends keyof paths, M extends Method> = Successes<Operation<P, M>>

/** JSON body one operation accepts. */
export type Body<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { requestBody: infer R } ? JsonOf<R> : never

/** One item of a paginated list. */
export type Item<P extends keyof paths> = Answer<P, 'get'> extends { items: (infer T)[] } ? T : never

/** A page of a list, as every list endpoint answers. */
export interface Page<T> {
  items: T[]
  total: number
  page: number
  page_size: number
}

export type Me = Answer<'/api/v2/session', 'get'>
export type LiveSnapshot = Answer<'/api/v2/live', 'get'>
export type AgentLive = LiveSnapshot['agents'][number]
export type CallLive = LiveSnapshot['calls'][number]
