import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { Language, Texts } from '../language.ts'
import { roleTexts } from '../role-words.ts'
import { words } from './description-words.ts'
import type { DoorRoute } from './door-route.ts'
import { exampleOf } from './example.ts'
import type { Schema } from './fields.ts'
import { fieldsOf, schemaOf } from './fields.ts'

type Json = Readonly<Record<string, unknown>>

/** What doors do themselves is described beside what packs declare, under the name of the fleet. */
export const doorTag = 'doors'
const title: Texts = { en: 'First start, accounts, audit', fr: 'Premier démarrage, comptes, audit' }
const answerTitle: Texts = { en: 'Answer', fr: 'Réponse' }
const nothing: Texts = { en: 'It is done.', fr: 'C’est fait.' }

const inBraces = (path: string): string => path.replaceAll(/:([a-z]+)/g, '{$1}')
const paramsOf = (path: string): readonly string[] =>
  Array.from(path.matchAll(/:([a-z]+)/g), ([, name]) => String(name))
const allowOf = ({ permission }: DoorRoute): readonly string[] =>
  typeof permission === 'string' ? [permission] : permission

/** For OpenAPI: one item an address, with all that can be done there. */
export function routePaths(
  routes: readonly DoorRoute[],
  language: Language,
): readonly (readonly [string, Json])[] {
  const byPath = Map.groupBy(routes, ({ path }) => inBraces(path))
  return [...byPath].map(([path, all]) => [
    path,
    Object.fromEntries(all.map((each) => [each.method.toLowerCase(), operation(each, language)])),
  ])
}

function operation(each: DoorRoute, language: Language): Json {
  const isRead = each.method === 'GET'
  const schema = schemaOf(each.input)
  const hasFields = Object.keys(fieldsOf(schema) ?? {}).length > 0
  return {
    operationId: each.name,
    tags: [doorTag],
    summary: each.about[language],
    'x-regie-name': each.name,
    'x-regie-allow': allowOf(each),
    ...(each.sensitive === true ? { 'x-regie-sensitive': true } : {}),
    ...(each.permission === 'public' ? { security: [{}, { token: [] }] } : {}),
    parameters: [
      ...paramsOf(each.path).map((name) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      })),
      ...(each.site === true ? [ref('parameters', 'site')] : []),
      ...(isRead ? inAddress(schema) : [ref('parameters', 'key')]),
    ],
    ...(isRead || !hasFields ? {} : { requestBody: bodyOf(each, schema) }),
    responses: {
      ...(each.answer === undefined
        ? { 204: { description: nothing[language] } }
        : { 200: { description: each.about[language], content: contentOf(each) } }),
      default: ref('responses', 'Problem'),
    },
  }
}

const ref = (kind: string, name: string): Json => ({ $ref: `#/components/${kind}/${name}` })

function contentOf({ type = 'application/json', answer }: DoorRoute): Json {
  const schema = { type: typeof answer === 'string' ? 'string' : 'object' }
  return { [type]: { schema, example: answer } }
}

function bodyOf(each: DoorRoute, schema: Schema): Json {
  const example = exampleOf(each)
  const content = { schema, ...(example === undefined ? {} : { example }) }
  return { required: true, content: { 'application/json': content } }
}

function inAddress(schema: Schema): readonly Json[] {
  const required = Array.isArray(schema['required']) ? (schema['required'] as readonly string[]) : []
  return Object.entries(fieldsOf(schema) ?? {}).map(([name, each]) => ({
    name,
    in: 'query',
    required: required.includes(name) && !('default' in each),
    schema: each,
  }))
}

/** For people: a section of the page. */
export function routeSection(
  routes: readonly DoorRoute[],
  language: Language,
  fields: (input: Schema, language: Language) => readonly Html[],
): Html | undefined {
  if (routes.length === 0) return undefined
  return html`<section id="${doorTag}">
    <h2>${title[language]}</h2>
    ${routes.map((each) => {
      const example = each.method === 'GET' ? undefined : exampleOf(each)
      const hasExample = example !== undefined && Object.keys(example as object).length > 0
      return html`<details id="${each.name}">
        <summary><span class="verb">${each.method}</span> <code>${inBraces(each.path)}</code></summary>
        <div>
          <p>${each.about[language]}</p>
          ${each.sensitive === true ? html`<p class="small">${words.sensitive[language]}</p>` : undefined}
          <dl>
            <div>
              <dt>${words.allow[language]}</dt>
              <dd>${roleTexts(allowOf(each))[language]}</dd>
            </div>
            ${fields(schemaOf(each.input), language)}
          </dl>
          ${hasExample ? shown(words.example[language], example) : undefined}
          ${each.answer === undefined ? undefined : shown(answerTitle[language], each.answer)}
        </div>
      </details>`
    })}
  </section>`
}

const shown = (label: string, value: unknown): Html =>
  html`<p class="small">${label}</p>
    <pre>${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</pre>`
