import { describe, expect, test } from 'vitest'
import { Boxes, known, until } from '../kernel/boxes.ts'
import { ApiServer } from './api-server.ts'

const pay = { tag: 'v1', stall: 'crepes', cents: 200 }

async function fairServer(boxes: Boxes, ...sites: readonly string[]): Promise<ApiServer> {
  const api = await ApiServer.keeping(boxes, ...(sites.length > 0 ? sites : ['fair']))
  api.let('ada', { fair: ['lead'] })
  api.let('vic', { fair: ['viewer'] })
  return api
}

describe('HTTP-1 every declaration has its route', () => {
  test('HTTP-1 and every route says who may', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    const has = (method: 'GET' | 'HEAD' | 'POST', pack: string, name: string) => {
      const url = `/api/${pack === 'kernel' ? `fleet/${name}` : name.replace('.', '/')}`
      return { url, has: api.server.hasRoute({ method, url }) }
    }
    const isInside = ({ allow }: { readonly allow: readonly string[] }) => allow.join() === 'itself'
    const open = [...known.queries.values()].filter((query) => !isInside(query))
    const all = { GET: known.queries.values(), POST: known.actions.values() }
    const inside = (['GET', 'POST'] as const).flatMap((method) =>
      [...all[method]].filter(isInside).map(({ pack, name }) => has(method, pack.name, name)),
    )
    const actions = [...known.actions.values()].filter((action) => !isInside(action))
    const routes = [
      ...actions.map(({ pack, name }) => has('POST', pack.name, name)),
      ...open.flatMap(({ pack, name }) => [has('GET', pack.name, name), has('HEAD', pack.name, name)]),
    ]
    expect(routes.length).toBeGreaterThan(30)
    expect(routes.filter((each) => !each.has)).toEqual([])
    // What only the box itself may ask is not there for anybody.
    expect(inside.length).toBeGreaterThan(3)
    expect(inside.filter((each) => each.has)).toEqual([])
    expect((await api.get('/api/fleet/boxes', 'vic')).status).toBe(200)
    expect((await api.get('/api/fair/books', 'vic')).status).toBe(200)
  })

  test('HTTP-1 closed to who has no name, before it is known whether there is such a route', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    for (const path of ['/api/fair/books', '/api/fair/nothing', '/api/nothing', '/api/fair/topUp/k1']) {
      const { status, body, headers } = await api.get(path)
      expect([path, status, body['code']]).toEqual([path, 401, 'sign_in_needed'])
      expect(headers.get('content-type')).toContain('application/problem+json')
    }
    expect((await api.post('/api/fair/pay', '{"broken', '')).status).toBe(401)
    expect((await api.get('/api/fair/nothing', 'ada')).body).toMatchObject({ code: 'not_found', status: 404 })
  })

  test('HTTP-16 asked in another way, it is said how, to who has a name', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    const told = await api.get('/api/fair/pay?site=fair', 'ada')
    expect([told.status, told.headers.get('allow'), told.body['code']]).toEqual([
      405,
      'POST',
      'method_unknown',
    ])
    const posted = await api.post('/api/fair/books', {}, 'ada')
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    const waiting = await api.post('/api/fair/topUp/k1', {}, 'ada')
    expect([waiting.status, waiting.headers.get('allow')]).toEqual([405, 'GET'])
    for (const path of ['/api/fair/books', '/api/health', '/api/nothing']) {
      const { status, headers } = await api.post(path, {})
      expect([path, status, headers.get('allow')]).toEqual([path, 401, null])
    }
  })

  test('HTTP-1 closed to who may not, and it says who may', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    const refused = await api.post('/api/fair/close?site=fair', { stall: 'a' }, 'vic', {
      'accept-language': 'fr',
    })
    expect(refused.body).toMatchObject({
      status: 403,
      code: 'not_allowed',
      allow: ['lead'],
      doThis: 'Demandez à quelqu’un qui en a le droit : responsable.',
    })
    expect((await api.post('/api/fair/close', { stall: 'a' }, 'vic')).body).toMatchObject({
      status: 403,
      code: 'allowed_nowhere',
    })
  })

  test('HTTP-1 while the box starts, and after it stopped, nobody is answered', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    api.door.close()
    expect((await api.get('/api/fair/books', 'ada')).body).toMatchObject({ status: 503, code: 'starting' })
    expect((await api.post('/api/fair/pay', pay, 'ada')).body).toMatchObject({ status: 503 })
  })
})

describe('HTTP-2 the site', () => {
  test('HTTP-2 need not be said where there is one that the visitor may ask', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes, 'fair', 'other')
    expect((await api.post('/api/fair/grant', { tag: 'v1', cents: 5 }, 'ada')).status).toBe(200)
    expect((await api.get('/api/fair/wallet?tag=v1', 'ada')).body['at']).toEqual({ fair: expect.any(Number) })
    api.let('ada', { fair: ['lead'], other: ['lead'] })
    const asked = await api.post('/api/fair/grant', { tag: 'v1', cents: 5 }, 'ada')
    expect(asked.body).toMatchObject({ status: 400, code: 'site_needed', field: 'site' })
    expect(asked.body['doThis']).toContain('fair, other')
  })

  test('HTTP-2 that a visitor may not see is answered like one that there is not', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes, 'fair', 'hidden')
    for (const ask of [
      (site: string) => api.get(`/api/fair/wallet?tag=a&site=${site}`, 'ada'),
      (site: string) => api.get(`/api/fair/books?site=${site}&site=fair`, 'ada'),
      (site: string) => api.post(`/api/fair/grant?site=${site}`, { tag: 'a', cents: 1 }, 'ada'),
      (site: string) => api.get(`/api/fair/topUp/k1?site=${site}`, 'ada'),
    ]) {
      const [hidden, absent] = [await ask('hidden'), await ask('absent')]
      expect(hidden.status).toBe(404)
      expect(hidden.text).toBe(absent.text.replaceAll('site absent', 'site hidden'))
    }
  })

  test('HTTP-2 of a query that goes across: all that the visitor may ask, each row with its site', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes, 'fair-1', 'fair', 'hidden')
    api.let('ada', { fair: ['lead'], 'fair-1': ['lead'] })
    api.let('owner', { fair: ['owner'], 'fair-1': ['owner'], hidden: ['owner'] })
    for (const site of ['fair', 'fair-1', 'hidden'])
      await api.post(`/api/fair/grant?site=${site}`, { tag: site, cents: 5 }, 'owner')
    const { body } = await api.get('/api/fair/books', 'ada')
    expect(body['rows']).toEqual([
      { site: 'fair', account: 'bank', cents: -5 },
      { site: 'fair', account: 'wallet:fair', cents: 5 },
      { site: 'fair-1', account: 'bank', cents: -5 },
      { site: 'fair-1', account: 'wallet:fair-1', cents: 5 },
    ])
    expect(Object.keys(body['at'] as object)).toEqual(['fair', 'fair-1'])
    const one = await api.get('/api/fair/books?site=fair-1', 'ada')
    expect(one.body['rows']).toEqual([
      { account: 'bank', cents: -5 },
      { account: 'wallet:fair-1', cents: 5 },
    ])
    const second = await api.get(`/api/fair/books?limit=3`, 'ada')
    expect(second.body['next']).toBe('["fair-1","bank"]')
    const rest = await api.get(`/api/fair/books?after=${encodeURIComponent('["fair-1","bank"]')}`, 'ada')
    expect(rest.body['rows']).toEqual([{ site: 'fair-1', account: 'wallet:fair-1', cents: 5 }])
    expect((await api.get('/api/fair/passed?gate=a&site=fair&site=fair-1', 'ada')).body).toMatchObject({
      code: 'field_twice',
    })
  })
})

describe('HTTP-4 a query is answered page by page', () => {
  test('HTTP-4 by key order, and every row comes once', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    const tags = Array.from({ length: 120 }, (_, i) => `t${i}`)
    await Promise.all(
      tags.map((tag) =>
        api.host.box.act('fair', { action: 'fair.grant', key: tag, who: 'x', input: { tag, cents: 1 } }),
      ),
    )
    const seen: string[] = []
    const sizes: number[] = []
    for (let next: string | null = ''; next !== null;) {
      const after: string = next === '' ? '' : `&after=${encodeURIComponent(next)}`
      const { body } = await api.get(`/api/fair/books?site=fair${after}`, 'vic')
      const rows = body['rows'] as readonly { account: string }[]
      seen.push(...rows.map(({ account }) => account))
      sizes.push(rows.length)
      next = body['next'] as string | null
    }
    expect(sizes).toEqual([50, 50, 21])
    expect(seen).toEqual([...new Set(seen)].toSorted())
    expect((await api.get('/api/fair/books?site=fair&limit=500', 'vic')).body).toMatchObject({ next: null })
  })

  test.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=x', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['after=a', 'after'],
    ['after=["a",{}]', 'after'],
    ['after=[ "a"]', 'after'],
    ['after=[]', 'after'],
  ])('HTTP-4 and no page is asked for with %s', async (asked, field) => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    expect((await api.get(`/api/fair/books?site=fair&${asked}`, 'vic')).body).toMatchObject({
      status: 400,
      field,
    })
  })

  test('HTTP-4 and who has it already is told so', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    const first = await api.get('/api/fair/books', 'vic')
    const tag = first.headers.get('etag') ?? ''
    expect(tag).toMatch(/^W\/"[\w-]{22}"$/)
    expect(first.headers.get('cache-control')).toBe('private, no-cache')
    for (const header of [tag, `"x", ${tag}`, '*', tag.slice(2)]) {
      const again = await api.get('/api/fair/books', 'vic', { 'if-none-match': header })
      expect([again.status, again.text]).toEqual([304, ''])
    }
    await api.post('/api/fair/grant', { tag: 'v1', cents: 5 }, 'ada')
    const changed = await api.get('/api/fair/books', 'vic', { 'if-none-match': tag })
    expect([changed.status, changed.headers.get('etag') === tag]).toEqual([200, false])
    expect((await api.get('/api/fair/books', '', { 'if-none-match': tag })).status).toBe(401)
  })

  test('HTTP-3 a field that there is not is refused with the nearest that there is', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    expect((await api.get('/api/fair/wallet?tga=v1', 'vic')).body).toMatchObject({
      status: 400,
      code: 'field_unknown',
      field: 'tga',
      doThis: 'Leave it out, or use: tag.',
    })
    expect((await api.get('/api/fair/wallet', 'vic')).body).toMatchObject({
      title: '“tag” must be given.',
      field: 'tag',
    })
    expect((await api.get('/api/fleet/orphans?settled=maybe', 'ada')).body).toMatchObject({
      field: 'settled',
    })
    expect((await api.get('/api/fleet/orphans?settled=true', 'ada')).body).toMatchObject({ rows: [] })
  })
})

describe('HTTP-7 an action is answered', () => {
  test('HTTP-7 with its entry and its answer, and is done once under one key', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    await api.post('/api/fair/grant', { tag: 'v1', cents: 500 }, 'ada')
    const key = { 'idempotency-key': 'pay-1' }
    const first = await api.post('/api/fair/pay', pay, 'ada', key)
    expect([first.status, first.body]).toEqual([
      200,
      { n: expect.any(Number), answer: { left: [300, 200] }, copies: 1, again: false },
    ])
    expect(first.headers.get('idempotency-key')).toBe('pay-1')
    const second = await api.post('/api/fair/pay', pay, 'ada', key)
    expect(second.body).toEqual({ ...first.body, again: true })
    expect((await api.post('/api/fair/pay', { ...pay, cents: 1 }, 'ada', key)).body).toMatchObject({
      status: 409,
      code: 'key-conflict',
      key: 'pay-1',
    })
    expect((await api.get('/api/fair/wallet?tag=v1', 'ada')).body['rows']).toEqual([
      { tag: 'v1', cents: 300 },
    ])
  })

  test('HTTP-6 under a key that the door made, if none came, and that it tells', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    const grant = { tag: 'v1', cents: 5 }
    const first = await api.post('/api/fair/grant', grant, 'ada')
    const key = first.headers.get('idempotency-key') ?? ''
    expect(key).toMatch(/^[0-9a-z]{26}$/)
    const again = await api.post('/api/fair/grant', grant, 'ada', { 'idempotency-key': key })
    expect(again.body).toEqual({ ...first.body, again: true })
    expect((await api.post('/api/fair/grant', grant, 'ada')).body).toMatchObject({ again: false })
  })

  test.each([['id'], ['req_id']])('HTTP-6 under the key of the body, as %s', async (name) => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    const grant = { tag: 'v1', cents: 5, [name]: 'r-7' }
    const first = await api.post('/api/fair/grant', grant, 'ada')
    expect(first.headers.get('idempotency-key')).toBe('r-7')
    expect((await api.post('/api/fair/grant', grant, 'ada')).body).toMatchObject({ again: true })
    const other = { 'idempotency-key': 'r-8' }
    expect((await api.post('/api/fair/grant', grant, 'ada', other)).body).toMatchObject({
      code: 'key_twice',
      field: name,
    })
    for (const bad of ['', ' x', 'x'.repeat(201), 'é', {}])
      expect((await api.post('/api/fair/grant', { ...grant, [name]: bad }, 'ada')).body).toMatchObject({
        code: 'key_invalid',
        field: name,
      })
  })

  test('HTTP-6 and each visitor has keys of his own', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    api.let('eve', { fair: ['lead'] })
    const long = 'k'.repeat(200)
    for (const key of ['k1', long]) {
      const with_ = { 'idempotency-key': key }
      const grant = { tag: `tag${key.length}`, cents: 5 }
      const first = await api.post('/api/fair/grant', grant, 'ada', with_)
      const other = await api.post('/api/fair/grant', grant, 'eve', with_)
      const again = await api.post('/api/fair/grant', grant, 'ada', with_)
      expect([first, other, again].map(({ body }) => body['again'])).toEqual([false, false, true])
      expect(again.body['n']).toBe(first.body['n'])
      expect(again.headers.get('idempotency-key')).toBe(key)
    }
  })

  test('HTTP-6 an action that has an id of its own keeps it', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    const order = { id: 'lamp0001', to: api.host.identity.box, kind: 'fair.lamp', params: { stall: 'a' } }
    const issued = await api.post('/api/fleet/order.issue', order, 'ada')
    expect(issued.body['answer']).toMatchObject({ orders: [{ order: 'lamp0001' }] })
    expect(issued.headers.get('idempotency-key')).not.toBe('lamp0001')
  })

  test('ACCOUNT-4 an order is issued by who may issue one of its kind', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    api.let('vol', { fair: ['volunteer'] })
    const order = { id: 'lamp0002', to: api.host.identity.box, kind: 'fair.lamp', params: { stall: 'a' } }
    const issued = await api.post('/api/fleet/order.issue', order, 'vol')
    expect(issued.status).toBe(403)
    expect(issued.body).toMatchObject({ code: 'not_allowed', allow: ['lead'] })
    expect((await api.post('/api/fleet/order.issue', order, 'ada')).status).toBe(200)
  })

  test('HTTP-9 and refused in the words of its pack, in the language of who asks', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    const refused = await api.post('/api/fair/pay', pay, 'ada', {
      'accept-language': 'fr',
      'idempotency-key': 'k',
    })
    expect(refused.headers.get('content-type')).toContain('application/problem+json')
    expect(refused.body).toEqual({
      type: 'urn:regie:error:insufficient',
      status: 422,
      code: 'insufficient',
      title: 'Il manque 200 jetons à wallet:v1.',
      doThis: 'Demandez moins, ou créditez-le d’abord.',
      field: 'cents',
      values: { account: 'wallet:v1', short: 200 },
      key: 'k',
    })
    await api.post('/api/fair/close', { stall: 'crepes' }, 'ada')
    expect((await api.post('/api/fair/pay', pay, 'ada')).body).toMatchObject({ status: 423, code: 'closed' })
    expect(
      (await api.post('/api/fleet/orphan.drop', { term: 'x', n: 1, note: 'n' }, 'ada')).body,
    ).toMatchObject({
      status: 404,
      code: 'no-orphan',
    })
  })

  test('HTTP-7 as waiting while the keeper is away, and later by its key, to who asked and nobody else', async () => {
    await using boxes = new Boxes()
    const [keeper, satellite] = [boxes.make('keeper'), boxes.make('satellite')]
    await keeper.start()
    await satellite.start()
    await keeper.box.found('fair')
    await until(() => keeper.site().role === 'keeping')
    await keeper.box.assign('fair', satellite.member)
    await satellite.box.serve('fair', keeper.above)
    await until(() => satellite.site().n === keeper.site().n && keeper.site().n > 0)
    await keeper.stop()
    await using api = await ApiServer.on(satellite)
    api.let('ada', { fair: ['lead'] })
    api.let('ben', { fair: ['lead'] })

    const away = await api.post('/api/fair/pay', pay, 'ada')
    expect([away.status, away.body['code'], away.headers.get('retry-after')]).toEqual([
      503,
      'keeper-away',
      '2',
    ])
    const waiting = await api.post('/api/fair/topUp', { tag: 'v1', cents: 5 }, 'ada', {
      'idempotency-key': 'top up/1',
    })
    expect(waiting.status).toBe(202)
    const askAt = '/api/fair/topUp/top%20up%2F1?site=fair'
    expect(waiting.body).toEqual({ until: expect.stringMatching(/^2027-.*Z$/), askAt })
    expect(waiting.headers.get('location')).toBe(askAt)
    expect((await api.get(askAt, 'ada')).status).toBe(202)
    expect((await api.get(askAt, 'ben')).body).toMatchObject({ status: 404, code: 'ask_absent' })
    expect((await api.get(askAt.replace('topUp', 'payBack'), 'ada')).body).toMatchObject({
      code: 'ask_absent',
    })

    await keeper.start()
    await until(async () => (await api.get(askAt, 'ada')).status === 200)
    expect((await api.get(askAt, 'ada')).body).toMatchObject({ answer: { left: [-5, 5] }, again: false })
    await api.post('/api/fair/grant', { tag: 'v1', cents: 5 }, 'ada')
    const twice = await api.post('/api/fair/topUp', { tag: 'v1', cents: 5 }, 'ada', {
      'idempotency-key': 'top up/1',
    })
    expect(twice.status).toBe(200)
    expect((await api.get('/api/fair/wallet?tag=v1', 'ada')).body['rows']).toEqual([{ tag: 'v1', cents: 10 }])
  })
})

describe('HTTP-5 a body', () => {
  test('HTTP-5 is JSON, not too large, not too deep, and as declared', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    const send = async (body: unknown, headers = {}) =>
      (await api.post('/api/fair/grant', body, 'ada', headers)).body
    const grant = { tag: 'v1', cents: 5 }
    expect(await send({ ...grant, tag: 'x'.repeat(300_000) })).toMatchObject({
      status: 413,
      code: 'body_too_large',
    })
    expect(await send('[')).toMatchObject({ status: 400, code: 'body_not_json' })
    expect(await send('')).toMatchObject({ status: 400, code: 'body_not_json' })
    expect(await send('['.repeat(100_000) + ']'.repeat(100_000))).toMatchObject({ code: 'body_too_deep' })
    expect(await send({ ...grant, cent: 5 })).toMatchObject({ code: 'field_unknown', field: 'cent' })
    expect(await send({ ...grant, cents: '5' }, { 'accept-language': 'fr' })).toMatchObject({
      status: 400,
      code: 'field_invalid',
      field: 'cents',
      title: '« cents » doit être un nombre.',
    })
    expect(await send('{"__proto__":{"tag":1}}')).toMatchObject({ status: 400 })
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/octet-stream',
      'text/json',
    ])
      expect(await send(grant, { 'content-type': type })).toMatchObject({
        status: 415,
        code: 'media_unknown',
      })
    expect(await send(grant, { 'content-type': 'Application/JSON; charset=utf-8' })).toMatchObject({
      again: false,
    })
    expect((await api.post('/api/fair/grant?sit=fair', grant, 'ada')).body).toMatchObject({ field: 'sit' })
  })
})

describe('HTTP-10 a write that a browser sends', () => {
  test('HTTP-10 comes from a page of this box', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    api.let('token', { fair: ['lead'] }, 'token')
    const grant = { tag: 'v1', cents: 5 }
    const send = async (who: string, headers: Readonly<Record<string, string>>) =>
      (await api.post('/api/fair/grant', grant, who, headers)).status
    const [cookie, own, foreign] = ['regie=1', api.url, 'http://evil.example']
    expect(await send('ada', { cookie, origin: own })).toBe(200)
    expect(await send('ada', {})).toBe(200)
    for (const headers of [
      { cookie },
      { cookie, origin: foreign },
      { origin: foreign },
      { cookie, origin: 'null' },
    ])
      expect(await send('ada', headers)).toBe(403)
    expect(await send('ada', { cookie, origin: own.replace('http:', 'https:') })).toBe(403)
    const authorization = 'Bearer token'
    expect(await send('token', { authorization, origin: foreign })).toBe(200)
    expect(await send('token', { authorization, cookie, origin: foreign })).toBe(403)
    expect(await send('token', { origin: foreign })).toBe(403)
    expect((await api.get('/api/fair/books', 'ada', { cookie, origin: foreign })).status).toBe(200)
  })
})

describe('HTTP-8 who asks too often', () => {
  test('HTTP-8 is told when to come back, and nobody else is', async () => {
    await using boxes = new Boxes()
    await using api = await fairServer(boxes)
    api.let('ben', { fair: ['lead'] })
    const close = (who: string) => api.post('/api/fair/close', { stall: 'a' }, who)
    const all = await Promise.all(Array.from({ length: 31 }, () => close('ada')))
    const refused = all.filter(({ status }) => status === 429)
    expect(all.filter(({ status }) => status === 200)).toHaveLength(30)
    expect(refused[0]?.body).toMatchObject({ code: 'too_often' })
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await close('ben')).status).toBe(200)
    expect((await api.post('/api/fair/grant', { tag: 'a', cents: 1 }, 'ada')).status).toBe(200)
  })
})
