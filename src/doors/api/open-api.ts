import type { Known } from '../../kernel/pack/kinds.ts'
import { everybody } from '../../kernel/pack/roles.ts'
import { statusOf } from '../errors.ts'
import { maxBodyBytes } from '../http-errors.ts'
import type { Language } from '../language.ts'
import { words } from './description-words.ts'
import { doneAtForm } from './done-at.ts'
import type { DoorRoute } from './door-route.ts'
import type { Schema } from './fields.ts'
import { fieldsOf } from './fields.ts'
import { perMinute } from './limits.ts'
import type { Group, Operation } from './operations.ts'
import { groupsOf } from './operations.ts'
import { mostRows, usualRows } from './queries.ts'
import { doorTag, routePaths } from './route-description.ts'

type Json = Readonly<Record<string, unknown>>

/** The description of all routes that come from declarations: OpenAPI 3.1. */
export function openApi(
  known: Known,
  version: string,
  language: Language,
  routes: readonly DoorRoute[] = [],
): Json {
  const hoisted: Record<string, unknown> = {}
  const groups = groupsOf(known).map((group) => ({
    ...group,
    operations: group.operations.map((each) => ({ ...each, input: hoist(each, hoisted) })),
  }))
  const paths = groups.flatMap((group) =>
    group.operations.map((each) => [each.path, pathItem(each, group, language)] as const),
  )
  const waiting = groups.flatMap((group) =>
    group.operations
      .filter(({ waits }) => waits)
      .map((each) => [`${each.path}/{key}`, waitedItem(each, group, language)] as const),
  )
  const exports = groups.flatMap((group) =>
    group.operations
      .filter(({ is }) => is === 'query')
      .flatMap((each) =>
        (['csv', 'json'] as const).map(
          (form) => [`${each.path}.${form}`, exportItem(each, group, form, language)] as const,
        ),
      ),
  )
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Regie',
      version,
      description: words.intro[language],
      'x-regie-limits': { bodyBytes: maxBodyBytes, perMinute, rows: { usual: usualRows, most: mostRows } },
    },
    servers: [{ url: '/' }],
    tags: [...groups.map(({ name }) => ({ name })), ...(routes.length > 0 ? [{ name: doorTag }] : [])],
    security: [{ token: [] }],
    paths: merged([...paths, ...exports, ...waiting, ...routePaths(routes, language)]),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: problem, Answer: answered, Waiting: waiting202, ...hoisted },
      responses: { Problem: problemResponse(words.problem[language]) },
      parameters: {
        site: siteParameter(language),
        key: keyHeaderParameter(language),
        doneAt: doneAtParameter(language),
      },
    },
    'x-regie-refusals': Object.fromEntries(
      groups.map(({ name, refusals }) => [
        name,
        Object.fromEntries(
          refusals.map(([code, { kind, what, doThis }]) => [
            code,
            { status: statusOf[kind], what: what[language], doThis: doThis[language] },
          ]),
        ),
      ]),
    ),
  }
}

/** One address may have a query and what a door does itself there. */
function merged(paths: readonly (readonly [string, Json])[]): Json {
  const all: Record<string, Json> = {}
  for (const [path, item] of paths) all[path] = { ...all[path], ...item }
  return all
}

/** A schema that refers to parts of itself has them among the others here: there is one document. */
function hoist({ name, input }: Operation, into: Record<string, unknown>): Schema {
  const rename = (schema: unknown): unknown =>
    JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', `"#/components/schemas/${name}.`))
  const { $defs = {}, ...schema } = input
  for (const [part, each] of Object.entries($defs as object)) into[`${name}.${part}`] = rename(each)
  return rename(schema) as Schema
}

function shared({ name, about, allow }: Operation, { name: tag }: Group, language: Language) {
  return {
    tags: [tag],
    ...(about ? { summary: about[language] } : {}),
    'x-regie-name': name,
    'x-regie-allow': allow,
    ...(allow.includes(everybody) ? { security: [{}, { token: [] }] } : {}),
  }
}

function pathItem(each: Operation, group: Group, language: Language): Json {
  return each.is === 'query'
    ? {
        get: {
          operationId: each.name,
          ...shared(each, group, language),
          ...asking(each, pageParameters(language)),
          responses: responses({ 200: page(language), 304: { description: words.same[language] } }),
        },
      }
    : {
        post: {
          operationId: each.name,
          ...shared(each, group, language),
          ...(each.sensitive ? { 'x-regie-sensitive': true } : {}),
          parameters: [ref('parameters', 'site'), ref('parameters', 'key'), ref('parameters', 'doneAt')],
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: each.input,
                ...(each.example === undefined ? {} : { example: each.example }),
              },
            },
          },
          responses: responses({
            200: json(words.done[language], ref('schemas', 'Answer')),
            ...(each.waits ? { 202: json(words.waits[language], ref('schemas', 'Waiting')) } : {}),
          }),
        },
      }
}

function exportItem(each: Operation, group: Group, form: 'csv' | 'json', language: Language): Json {
  const type = form === 'csv' ? 'text/csv' : 'application/json'
  const whole = {
    description: words.whole[language],
    content: { [type]: { schema: form === 'csv' ? { type: 'string' } : { type: 'object' } } },
  }
  return {
    get: {
      operationId: `${each.name}.${form}`,
      ...shared(each, group, language),
      ...asking(each, []),
      responses: responses({ 200: whole }),
    },
  }
}

function waitedItem(each: Operation, group: Group, language: Language): Json {
  const key = {
    name: 'key',
    in: 'path',
    required: true,
    schema: { type: 'string' },
    description: words.key[language],
  }
  return {
    get: {
      operationId: `${each.name}.waited`,
      ...shared(each, group, language),
      parameters: [key, ref('parameters', 'site')],
      responses: responses({
        200: json(words.done[language], ref('schemas', 'Answer')),
        202: json(words.waits[language], ref('schemas', 'Waiting')),
      }),
    },
  }
}

/** The fields of a query stand in the address. */
function asking({ input, example }: Operation, more: readonly Json[]): Json {
  const required = Array.isArray(input['required']) ? (input['required'] as readonly string[]) : []
  const fields = Object.entries(fieldsOf(input) ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name) && !('default' in schema),
    ...inAddress(schema),
    ...(isGiven(example, name) ? { example: example[name] } : {}),
  }))
  return {
    parameters: [ref('parameters', 'site'), ...more, ...fields],
  }
}

/** A list stands there as the same name again and again; what has no simpler form, as JSON. */
function inAddress(schema: Schema): Json {
  if (schema['type'] === 'object' || Object.keys(schema).length === 0)
    return { content: { 'application/json': { schema } } }
  return schema['type'] === 'array' ? { schema, style: 'form', explode: true } : { schema }
}

const isGiven = (example: unknown, name: string): example is Json =>
  typeof example === 'object' && example !== null && name in example

const ref = (kind: string, name: string): Json => ({ $ref: `#/components/${kind}/${name}` })

const json = (description: string, schema: Json): Json => ({
  description,
  content: { 'application/json': { schema } },
})

const responses = (good: Json): Json => ({ ...good, default: ref('responses', 'Problem') })

const problemResponse = (description: string): Json => ({
  description,
  content: { 'application/problem+json': { schema: ref('schemas', 'Problem') } },
})

const siteParameter = (language: Language): Json => ({
  name: 'site',
  in: 'query',
  schema: { type: 'string' },
  description: words.site[language],
})

const doneAtParameter = (language: Language): Json => ({
  name: 'Regie-Done-At',
  in: 'header',
  schema: { type: 'string', pattern: doneAtForm.source },
  description: words.doneAt[language],
})

const keyHeaderParameter = (language: Language): Json => ({
  name: 'Idempotency-Key',
  in: 'header',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
  description: words.key[language],
})

const pageParameters = (language: Language): readonly Json[] => [
  { name: 'after', in: 'query', schema: { type: 'string' }, description: words.after[language] },
  {
    name: 'limit',
    in: 'query',
    schema: { type: 'integer', minimum: 1, maximum: mostRows, default: usualRows },
    description: words.limit[language],
  },
]

const page = (language: Language): Json =>
  json(words.page[language], {
    type: 'object',
    required: ['at', 'hash', 'rows', 'next'],
    properties: {
      at: { type: 'object', additionalProperties: { type: 'integer' } },
      hash: { type: 'string' },
      rows: { type: 'array', items: { type: 'object' } },
      next: { type: ['string', 'null'] },
      failed: { type: 'array', items: { type: 'string' } },
    },
  })

const answered: Json = {
  type: 'object',
  required: ['n', 'answer', 'copies', 'again'],
  properties: {
    n: { type: 'integer' },
    answer: {},
    copies: { type: 'integer' },
    again: { type: 'boolean' },
  },
}

const waiting202: Json = {
  type: 'object',
  required: ['until', 'askAt'],
  properties: {
    until: { type: ['string', 'null'], format: 'date-time' },
    askAt: { type: 'string' },
  },
}

const problem: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'doThis'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    doThis: { type: 'string' },
    field: { type: 'string' },
    values: { type: 'object' },
    allow: { type: 'array', items: { type: 'string' } },
    key: { type: 'string' },
  },
}
