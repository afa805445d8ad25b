/**
 * What the server says when it refuses: one shape for every error, so forms, lists and pages can all show it.
 *
 * The body is `{code, message, fields: [{field, code, message}]}`; anything else (a proxy's HTML page, a broken
 * connection) becomes a problem with a code of our own, so callers never look at a raw response.
 */

export interface FieldProblem {
  /** Path of the value in the body that was sent, with dots: `name`, `members.0.agent_id`. */
  field: string
  code: string
  message: string
}

export class ApiProblem extends Error {
  constructor(
    /** HTTP status, 0 when no answer arrived. */
    readonly status: number,
    /** Stable kebab-case name of the case; translated by `problem.<code>` when the catalogue has it. */
    readonly code: string,
    message: string,
    readonly fields: FieldProblem[] = [],
    /** Seconds until trying again makes sense, from the `Retry-After` header. */
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message)
    this.name = 'ApiProblem'
  }
}

interface ProblemBody {
  code: string
  message: string
  fields?: FieldProblem[] | null
}

function isProblemBody(body: unknown): body is ProblemBody {
  return (
    typeof body === 'object' &&
    body !== null &&
    typeof (body as ProblemBody).code === 'string' &&
    typeof (body as ProblemBody).message === 'string'
  )
}

/** Code for an answer that did not carry our error body: what a proxy in front of the server sends. */
function codeForStatus(status: number): string {
  if (status === 413) return 'too-large'
  if (status === 502 || status === 503 || status === 504) return 'server-unavailable'
  return status >= 500 ? 'server-error' : 'unexpected-answer'
}

export async function problemFromResponse(response: Response): Promise<ApiProblem> {
  const retryAfter = Number.parseInt(response.headers.get('Retry-After') ?? '', 10)
  const retryAfterSeconds = Number.isNaN(retryAfter) ? null : retryAfter
  const body: unknown = await response.json().catch(() => null)
  if (isProblemBody(body)) {
    return new ApiProblem(response.status, body.code, body.message, body.fields ?? [], retryAfterSeconds)
  }
  return new ApiProblem(
    response.status,
    codeForStatus(response.status),
    response.statusText,
    [],
    retryAfterSeconds,
  )
}

/** Any thrown value as a problem; a failed `fetch` means the server could not be reached. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error
  if (error instanceof TypeError) return new ApiProblem(0, 'network-unreachable', error.message)
  throw error
}
