import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { api, call, csrfToken, onSessionLost } from './client'
import { everyPage } from './everyPage'
import { ApiProblem, asProblem } from './problem'

/** A scripted server: answers the next request and remembers it. */
let requests: Request[] = []
let answer: () => Response = () => new Response('{}')

function json(status: number, body: unknown, headers: Record<string, string> = {}): () => Response {
  return () =>
    new Response(JSON.stringify(body), {
      status,
      headers: { 'Content-Type': 'application/json', ...headers },
    })
}

beforeEach(() => {
  requests = []
  vi.stubGlobal('fetch', (request: Request) => {
    requests.push(request)
    return Promise.resolve(answer())
  })
})

afterEach(() => {
  vi.unstubAllGlobals()
  document.cookie = 'oml_csrf=; max-age=0'
})

// openapi-fetch takes `fetch` when a request is made only if it is handed over.
const get = () => call(api.GET('/api/v2/session', { fetch: globalThis.fetch }))
const signOut = () => call(api.DELETE('/api/v2/session', { fetch: globalThis.fetch }))

describe('the client', () => {
  it('sends the CSRF token with unsafe methods only', async () => {
    document.cookie = 'oml_csrf=abc%2B1'
    expect(csrfToken()).toBe('abc+1')
    answer = json(200, {})
    await get()
    answer = () => new Response(null, { status: 204 })
    await signOut()
    expect(requests.map((request) => request.headers.get('X-CSRF-Token'))).toEqual([null, 'abc+1'])
  })

  it('turns a refusal into a problem with its fields', async () => {
    const fields = [{ field: 'name', code: 'taken', message: 'Another pause has this name.' }]
    answer = json(422, { code: 'validation-failed', message: 'Some fields are not valid.', fields })
    const problem = await get().catch((error: unknown) => error)
    expect(problem).toBeInstanceOf(ApiProblem)
    expect(problem).toMatchObject({ status: 422, code: 'validation-failed', fields })
  })

  it('reads when to try again', async () => {
    answer = json(
      429,
      { code: 'too-many-requests', message: 'Slow down.', fields: [] },
      { 'Retry-After': '30' },
    )
    await expect(get()).rejects.toMatchObject({ retryAfterSeconds: 30 })
  })

  it.each([
    [502, 'server-unavailable'],
    [500, 'server-error'],
    [413, 'too-large'],
    [404, 'unexpected-answer'],
  ])('names an answer %i without our body', async (status, code) => {
    answer = () => new Response('<html>proxy</html>', { status })
    await expect(get()).rejects.toMatchObject({ status, code })
  })

  it('tells who listens that the session is gone, and only then', async () => {
    const lost = vi.fn()
    const stop = onSessionLost(lost)
    answer = json(401, { code: 'invalid-credentials', message: 'Wrong.', fields: [] })
    await expect(get()).rejects.toThrow()
    expect(lost).not.toHaveBeenCalled()
    answer = json(401, { code: 'not-signed-in', message: 'Sign in.', fields: [] })
    await expect(get()).rejects.toThrow()
    expect(lost).toHaveBeenCalledOnce()
    stop()
    await expect(get()).rejects.toThrow()
    expect(lost).toHaveBeenCalledOnce()
  })
})

describe('asProblem', () => {
  it('knows an unreachable server', () => {
    expect(asProblem(new TypeError('Failed to fetch')).code).toBe('network-unreachable')
  })

  it('passes on what is not about the server', () => {
    expect(() => asProblem(new RangeError('a mistake of ours'))).toThrow(RangeError)
  })
})

describe('everyPage', () => {
  it('collects all pages', async () => {
    const all = Array.from({ length: 450 }, (_, index) => index)
    const items = await everyPage(({ page, page_size }) =>
      Promise.resolve({
        items: all.slice((page - 1) * page_size, page * page_size),
        total: all.length,
        page,
        page_size,
      }),
    )
    expect(items).toEqual(all)
  })

  it('ends when rows vanish while it reads', async () => {
    const items = await everyPage(({ page, page_size }) =>
      Promise.resolve({ items: page === 1 ? [1] : [], total: 5, page, page_size }),
    )
    expect(items).toEqual([1])
  })
})
