import { expect, test } from 'vitest'
import { exampleOf } from '../../src/doors/api/example.ts'
import { Boxes, known } from '../kernel/boxes.ts'
import { ApiServer } from './api-server.ts'

/** What only the box itself may ask is for nobody to read of. */
const actions = [...known.actions.values()].filter(({ allow }) => !allow.includes('itself'))
const queries = [...known.queries.values()].filter(({ allow }) => !allow.includes('itself'))

type Item = Readonly<Record<string, unknown>>
type Doc = {
  readonly openapi: string
  readonly info: Item
  readonly paths: Readonly<Record<string, Readonly<Record<string, Item>>>>
  readonly components: Item
  readonly 'x-regie-refusals': Readonly<Record<string, Item>>
}

async function described(language: string) {
  await using boxes = new Boxes()
  await using api = await ApiServer.keeping(boxes, 'fair')
  const told = await api.get('/api/openapi.json', '', { 'accept-language': language })
  return { told, doc: told.body as unknown as Doc }
}

test('HTTP-12 the description names every action and query, with who may and what is refused', async () => {
  const { told, doc } = await described('fr')
  expect([told.status, told.headers.get('content-language')]).toEqual([200, 'fr'])
  expect([doc.openapi, doc.info['version']]).toEqual(['3.1.0', '1.2.3'])
  const operations = Object.values(doc.paths).flatMap((item) => Object.values(item))
  const byId = new Map(operations.map((operation) => [operation['operationId'], operation]))
  expect(byId.size).toBe(operations.length)
  for (const { name, allow } of [...actions, ...queries])
    expect(byId.get(name)).toMatchObject({ 'x-regie-allow': allow, summary: expect.any(String) })
  for (const { name } of queries) {
    expect(byId.get(`${name}.csv`)).toBeDefined()
    expect(byId.get(`${name}.json`)).toBeDefined()
  }
  expect(byId.get('fair.topUp')).toMatchObject({ responses: { 202: expect.anything() } })
  expect(byId.get('fair.topUp.waited')).toBeDefined()
  expect(doc['x-regie-refusals']['fair']).toMatchObject({ insufficient: { status: 422 } })
  expect(doc.paths['/api/fair/pay']?.['post']).toMatchObject({
    summary: 'Un visiteur paie à un stand.',
    requestBody: { content: { 'application/json': { example: { tag: 'v1', stall: 'crepes', cents: 200 } } } },
  })
})

test('HTTP-12 every reference in it leads somewhere, and every pattern of an address is a route', async () => {
  const { told, doc } = await described('en')
  const refs = [...told.text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, ref]) => String(ref))
  expect(refs.length).toBeGreaterThan(10)
  const at = (ref: string) =>
    ref
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((found, name) => (found as Item | undefined)?.[name], doc)
  expect(refs.filter((ref) => at(ref) === undefined)).toEqual([])
  await using boxes = new Boxes()
  await using api = await ApiServer.keeping(boxes, 'fair')
  const absent = Object.entries(doc.paths).flatMap(([path, item]) =>
    Object.keys(item).filter(
      (method) => !api.server.hasRoute({ method: method.toUpperCase(), url: path.replace('{key}', ':key') }),
    ),
  )
  expect(absent).toEqual([])
})

test.each(actions.map(({ name, action }) => ({ name, of: action })))(
  'HTTP-12 the example of $name fits',
  ({ of }) => expect(exampleOf(of)).toBeDefined(),
)
test.each(queries.map(({ name, query }) => ({ name, of: query })))(
  'HTTP-12 the example of $name fits',
  ({ of }) => expect(exampleOf(of)).toBeDefined(),
)

test('HTTP-12 people read it without a name, in two languages, and nothing in it comes from elsewhere', async () => {
  await using boxes = new Boxes()
  await using api = await ApiServer.keeping(boxes, 'fair')
  const english = await api.get('/api')
  expect([english.status, english.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  const french = await api.get('/api?language=fr')
  expect(french.text).toContain('Ce que les programmes peuvent demander')
  expect(french.text).toContain('Il manque {short} jetons à {account}.')
  for (const { text } of [english, french]) {
    for (const { name } of [...actions, ...queries]) expect(text).toContain(`<details id="${name}">`)
    expect(text).not.toContain('doorProofs')
    expect(text).not.toMatch(/<script|<style|style=|https?:/)
    const names = [...text.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, name]) => String(name))
    expect(names.length).toBeGreaterThan(4)
    for (const name of names) expect([name, (await api.get(name)).status]).toEqual([name, 200])
  }
  const tag = english.headers.get('etag') ?? ''
  expect((await api.get('/api', '', { 'if-none-match': tag })).status).toBe(304)
  expect((await api.get('/api', '', { 'if-none-match': tag, 'accept-language': 'fr' })).status).toBe(200)
})
