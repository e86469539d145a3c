import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Boxes, known } from '../kernel/boxes.ts'
import { ApiServer } from './api-server.ts'

const names = [...known.actions.keys(), ...known.queries.keys()].map((name) =>
  known.actions.get(name)?.pack === known.kernel || known.queries.get(name)?.pack === known.kernel
    ? `fleet/${name}`
    : name.replace('.', '/'),
)

const odd = fc.oneof(
  fc.constantFrom(
    '%',
    '%00',
    '%0a',
    '%e2%82%ac',
    '..',
    '__proto__',
    'constructor',
    '{}',
    '[]',
    '\u{FFFD}',
    "'",
    '"',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }).map(encodeURIComponent.bind(null)),
)
const path = fc
  .tuple(fc.oneof(fc.constantFrom(...names), odd), fc.constantFrom('', '.csv', '.json', '/'), fc.option(odd))
  .map(([name, end, more]) => `/api/${name}${end}${more ?? ''}`)
const field = fc.oneof(
  fc.constantFrom('site', 'after', 'limit', 'tag', 'gate', 'least', 'settled', 'language'),
  odd,
)
const text = fc.oneof(fc.constantFrom('fair', '1', '-1', 'true', '["a"]', '[1e999]'), odd)
const address = fc
  .tuple(path, fc.array(fc.tuple(field, text), { maxLength: 4 }))
  .map(([at, fields]) => `${at}?${fields.map(([name, value]) => `${name}=${value}`).join('&')}`)

const input = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .record(
      {
        tag: fc.jsonValue(),
        cents: fc.oneof(fc.integer(), fc.jsonValue()),
        box: fc.string(),
        stall: fc.string(),
        id: fc.jsonValue(),
        req_id: fc.jsonValue(),
        places: fc.jsonValue(),
        params: fc.jsonValue({ maxDepth: 40 }),
        target: fc.string(),
        patch: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
)
const visible = fc.stringMatching(/^[!-~]{0,40}$/)

test('HTTP-9 whatever comes, it is answered in words, and never as a mistake of ours', async () => {
  await using boxes = new Boxes()
  await using api = await ApiServer.keeping(boxes, 'fair')
  // Many, so that none of them asks too often.
  for (let i = 0; i < 40; i += 1) api.let(`owner-${i}`, { fair: ['owner'] })
  const who = fc.nat(39).map((i) => `owner-${i}`)
  const seen = new Set<number>()
  await fc.assert(
    fc.asyncProperty(
      address,
      who,
      fc.option(fc.tuple(input, visible, fc.constantFrom('application/json', 'text/plain'))),
      async (url, asker, sent) => {
        const told = sent
          ? await api.post(url, sent[0], asker, { 'idempotency-key': sent[1], 'content-type': sent[2] })
          : await api.get(url, asker, { 'if-none-match': '"x"' })
        seen.add(told.status)
        const isSaid = told.status < 400 || typeof told.body['doThis'] === 'string'
        const outcome = told.status !== 500 && isSaid ? 'in words' : [url, sent, told.status, told.text]
        expect(outcome).toBe('in words')
      },
    ),
    { numRuns: 600 },
  )
  for (const status of [400, 404, 415]) expect(seen).toContain(status)
  expect(api.host.log.filter((line) => line.startsWith('error'))).toEqual([])
})

test('HTTP-7 a key that no header could carry waits for nobody', async () => {
  await using boxes = new Boxes()
  await using api = await ApiServer.keeping(boxes, 'fair')
  api.let('ada', { fair: ['lead'] })
  for (const key of ['%0a', '%e2%82%ac', '%00', '%20'])
    expect((await api.get(`/api/fair/topUp/${key}`, 'ada')).body).toMatchObject({ code: 'ask_absent' })
})
