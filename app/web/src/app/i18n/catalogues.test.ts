/** Both languages say the same things: same keys, same placeholders, and every message can be compiled. */
import { baseCompile } from '@intlify/message-compiler'
import { describe, expect, it } from 'vitest'

import type { Catalogue } from '../module'
import { modules } from '../registry'

type Language = 'es' | 'en'

const shell = import.meta.glob<{ default: Catalogue }>(['../locales/*.json', '../../kit/locales/*.json'], {
  eager: true,
})

async function catalogueOf(language: Language): Promise<Map<string, string>> {
  const messages = new Map<string, string>()
  const collect = (tree: Catalogue, path: string) => {
    for (const [key, value] of Object.entries(tree)) {
      const at = path ? `${path}.${key}` : key
      if (typeof value === 'string') messages.set(at, value)
      else collect(value, at)
    }
  }
  for (const [file, content] of Object.entries(shell)) {
    if (file.endsWith(`/${language}.json`)) collect(content.default, '')
  }
  for (const module of modules) collect((await module.locales[language]()).default, module.id)
  return messages
}

const placeholders = (message: string) =>
  new Set([...message.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))
const forms = (message: string) => message.split(' | ').length

describe('the catalogues', async () => {
  const es = await catalogueOf('es')
  const en = await catalogueOf('en')

  it('have the same keys', () => {
    expect([...es.keys()].sort()).toEqual([...en.keys()].sort())
  })

  it('have the same placeholders and plural forms', () => {
    for (const [key, message] of en) {
      const translated = es.get(key) ?? ''
      expect(placeholders(translated), key).toEqual(placeholders(message))
      expect(forms(translated), key).toBe(forms(message))
    }
  })

  it('have no empty message', () => {
    for (const [key, message] of [...es, ...en]) expect(message.trim(), key).not.toBe('')
  })

  it.each([
    ['es', es],
    ['en', en],
  ])('can be compiled: %s', (_language, messages) => {
    for (const [key, message] of messages) {
      const errors: string[] = []
      baseCompile(message, { onError: (error) => errors.push(error.message) })
      expect(errors, key).toEqual([])
    }
  })

  it('name every navigation entry and page title', () => {
    const titles = modules.flatMap((module) => module.routes.map((route) => route.meta?.title ?? ''))
    const labels = modules.flatMap((module) => (module.navigation ?? []).map((entry) => entry.label))
    for (const key of [...titles, ...labels].filter(Boolean)) expect(en.has(key), key).toBe(true)
  })

  it('find a permission or an explicit exception on every page', () => {
    for (const route of modules.flatMap((module) => module.routes)) {
      const { permission, anyone, public: isPublic } = route.meta ?? {}
      expect(Boolean(permission ?? anyone ?? isPublic), route.path).toBe(true)
    }
  })
})
