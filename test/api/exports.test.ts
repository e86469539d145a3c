import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { Boxes, until } from '../kernel/boxes.ts'
import { ApiServer } from './api-server.ts'

let keys = 0
const grant = (api: ApiServer, site: string, tag: string) =>
  api.host.box.act(site, {
    action: 'fair.grant',
    key: `k${(keys += 1)}`,
    who: 'x',
    input: { tag, cents: 5 },
  })

const two = { fair: ['viewer'], 'fair-1': ['viewer'] }

test('HTTP-11 a whole answer comes as CSV, of one site or of all that the visitor may see', async () => {
  await using boxes = new Boxes()
  await using api = await ApiServer.keeping(boxes, 'fair', 'fair-1', 'hidden')
  api.let('vic', two)
  for (const site of ['fair', 'fair-1', 'hidden']) await grant(api, site, '=v1')
  const one = await api.get('/api/fair/books.csv?site=fair', 'vic')
  expect(one.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(one.headers.get('content-disposition')).toBe('attachment; filename="fair.books-fair.csv"')
  // fetch takes the mark of UTF-8 away.
  expect(one.text).toBe('account;cents\r\nbank;-5\r\nwallet:=v1;5\r\n')
  const bytes = await fetch(`${api.url}/api/fair/books.csv`, { headers: { 'test-visitor': 'vic' } })
  expect([...new Uint8Array(await bytes.arrayBuffer()).subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
  const all = await api.get('/api/fair/books.csv', 'vic')
  expect(all.text).toBe(
    'site;account;cents\r\nfair;bank;-5\r\nfair;wallet:=v1;5\r\nfair-1;bank;-5\r\nfair-1;wallet:=v1;5\r\n',
  )
})

test('HTTP-11 and as JSON, whole, with where it was true', async () => {
  await using boxes = new Boxes()
  await using api = await ApiServer.keeping(boxes, 'fair', 'fair-1')
  api.let('vic', two)
  await Promise.all(Array.from({ length: 3_000 }, (_, i) => grant(api, 'fair', `visitor-${i}`)))
  const { body } = await api.get('/api/fair/books.json', 'vic')
  expect(body['rows']).toHaveLength(3_001)
  expect(body['at']).toEqual({ fair: expect.any(Number), 'fair-1': expect.any(Number) })
  expect((await api.get('/api/fair/wallet.json?tag=nobody&site=fair', 'vic')).body['rows']).toEqual([])
  expect((await api.get('/api/fair/wallet.csv?tag=nobody&site=fair', 'vic')).text).toBe('\r\n')
})

test('HTTP-11 it is as closed as the query, and asks for no page', async () => {
  await using boxes = new Boxes()
  await using api = await ApiServer.keeping(boxes, 'fair')
  api.let('vic', two)
  expect((await api.get('/api/fair/books.csv')).status).toBe(401)
  expect((await api.get('/api/fair/books.csv?site=other', 'vic')).status).toBe(404)
  expect((await api.get('/api/fleet/quarantine.json?site=fair', 'vic')).status).toBe(403)
  expect((await api.get('/api/fair/books.csv?limit=5', 'vic')).body).toMatchObject({ field: 'limit' })
})

/** So many long names of one visitor. */
async function names(api: ApiServer, count: number): Promise<void> {
  const body = { tag: 'a', name: 'n'.repeat(200) }
  const facts = Array.from({ length: 500 }, () => ({ kind: 'fair.named', body }))
  const from = api.host.site().n
  for (let n = 0; n < count; n += facts.length) await api.host.box.record('fair', facts)
  await until(() => api.host.site().n >= from + count && api.host.site().viewLag === 0)
}

test('HTTP-11 few go out at a time, and who leaves makes room; what is too large to be told says so', async () => {
  await using boxes = new Boxes()
  await using api = await ApiServer.keeping(boxes, 'fair')
  api.let('vic', two)
  await names(api, 15_000)
  const path = '/api/fair/carries.json?tag=a&site=fair'
  const { hostname, port } = new URL(api.url)
  // They ask and never read: the first answers fill what lies between two sockets, and the last ones wait.
  const ask = `GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\ntest-visitor: vic\r\n\r\n`
  const deaf = Array.from({ length: 4 }, () => connect(Number(port), hostname).pause())
  const asking = setInterval(() => deaf.forEach((socket) => socket.write(ask)), 100)
  await until(async () => (await api.get(path, 'vic')).body['code'] === 'box_busy', 20_000)
  clearInterval(asking)
  for (const socket of deaf) socket.destroy()
  await until(async () => (await api.get(path, 'vic')).status === 200)

  await names(api, 5_000)
  for (const each of ['carries', 'carries.csv', 'carries.json'])
    expect((await api.get(`/api/fair/${each}?tag=a&site=fair`, 'vic')).body).toMatchObject({
      status: 422,
      code: 'answer_too_large',
    })
})
