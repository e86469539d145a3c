import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { sha256 } from '../../kernel/digest.ts'
import type { Known } from '../../kernel/pack/kinds.ts'
import type { Language } from '../language.ts'
import { languageOfBrowser, languages } from '../language.ts'
import type { DoorRoute } from './door-route.ts'
import { isKnown } from './queries.ts'

type Made = { readonly text: string; readonly tag: string }

/**
 * The description of everything that can be asked, for programs and for people. Most boxes are never asked for it, so
 * what makes it is loaded with the first question, and its text is kept by who asked: it does not change while the box runs.
 */
export function addDescription(
  server: FastifyInstance,
  known: Known,
  version: string,
  routes: readonly DoorRoute[],
  onRequest: onRequestAsyncHookHandler,
): void {
  const route = { config: { permission: 'public' }, onRequest } as const
  const once = new Map<string, Promise<Made>>()
  const tell =
    (type: string, make: (language: Language) => Promise<string>) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      const language = languageOf(request)
      const name = `${type} ${language}`
      const made = once.get(name) ?? make(language).then(tagged)
      once.set(name, made)
      const { text, tag } = await made
      reply.header('content-language', language).header('vary', 'accept-language')
      reply.header('cache-control', 'no-cache').header('etag', tag)
      if (isKnown(request.headers['if-none-match'], tag)) return reply.code(304).send()
      return reply.type(type).send(text)
    }
  server.get(
    '/api/openapi.json',
    route,
    tell('application/json; charset=utf-8', async (language) => {
      const { openApi } = await import('./open-api.ts')
      return JSON.stringify(openApi(known, version, language, routes))
    }),
  )
  server.get(
    '/api',
    route,
    tell('text/html; charset=utf-8', async (language) => {
      const { descriptionPage } = await import('./description-page.ts')
      return descriptionPage(known, language, routes)
    }),
  )
  server.get(
    '/api/description.css',
    route,
    tell('text/css; charset=utf-8', async () => (await import('./description-page.ts')).descriptionCss),
  )
}

const tagged = (text: string): Made => ({ text, tag: `"${sha256(text).slice(0, 22)}"` })

/** As the address says, else as the browser does. */
function languageOf({ query, headers }: FastifyRequest): Language {
  const { language } = query as { readonly language?: unknown }
  return languages.find((each) => each === language) ?? languageOfBrowser(headers['accept-language'])
}
