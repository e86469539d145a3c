import { get } from 'node:http'
import { expect, test } from 'vitest'
import { Boxes } from '../kernel/boxes.ts'
import { ApiServer } from './api-server.ts'

test('HTTP-13 everybody learns how the box is, and who looks after it learns why', async () => {
  await using boxes = new Boxes()
  await using api = await ApiServer.keeping(boxes, 'fair')
  api.let('lou', { fair: ['volunteer'] })
  api.let('vic', { fair: ['viewer'] })
  // Nobody has said yet what time it is.
  expect((await api.get('/api/health')).body).toEqual({ status: 'degraded' })
  expect((await api.get('/api/health', 'vic')).body).toEqual({ status: 'degraded' })
  const checks = {
    store: 'ok',
    disk: 'ok',
    views: 'ok',
    link: 'ok',
    clock: 'degraded',
    drivers: 'ok',
    broker: 'ok',
  }
  expect((await api.get('/api/health', 'lou')).body).toEqual({ status: 'degraded', checks, reports: [] })
  api.vitals = { disk: 'scarce', above: ['another'], drivers: [], broker: [], measured: {} }
  const failing = await api.get('/api/health', 'lou')
  expect([failing.status, failing.body]).toEqual([
    503,
    { status: 'failing', checks: { ...checks, disk: 'failing', link: 'degraded' }, reports: [] },
  ])
  expect((await api.get('/api/health')).status).toBe(503)
})

test('HTTP-13 drivers and the broker say how they are, since when, and why, to who looks after the box', async () => {
  await using boxes = new Boxes()
  await using api = await ApiServer.keeping(boxes, 'fair')
  api.let('lou', { fair: ['volunteer'] })
  const words = (text: string) => ({ en: `${text} fails.`, fr: `${text} ne va pas.` })
  const reader = { name: 'reader', state: 'degraded', since: [5, null, 0], words: words('It') } as const
  const mailbox = {
    name: 'mailbox',
    state: 'ok',
    since: [5, 1_763_650_000_000, 3],
    words: words('That'),
  } as const
  api.vitals = { ...api.vitals, drivers: [reader], broker: [mailbox] }
  const told = await api.get('/api/health', 'lou', { 'accept-language': 'fr' })
  expect([told.status, told.body]).toMatchObject([
    200,
    {
      status: 'degraded',
      checks: { drivers: 'degraded', broker: 'ok' },
      reports: [
        { check: 'drivers', name: 'reader', state: 'degraded', since: null, what: 'It ne va pas.' },
        {
          check: 'broker',
          name: 'mailbox',
          state: 'ok',
          since: '2025-11-20T14:46:40.005Z',
          what: 'That ne va pas.',
        },
      ],
    },
  ])
  api.vitals = { ...api.vitals, broker: [mailbox, { ...mailbox, name: 'mqtt', state: 'failing' }] }
  const failing = await api.get('/api/health', 'lou')
  expect([failing.status, failing.body]).toMatchObject([
    503,
    { status: 'failing', checks: { broker: 'failing' } },
  ])
  expect((await api.get('/api/health')).body).toEqual({ status: 'failing' })
})

test('HTTP-13 metrics name what is there, count by route, and are for this machine or for who may', async () => {
  await using boxes = new Boxes()
  await using api = await ApiServer.keeping(boxes, 'fair')
  api.let('ada', { fair: ['lead'] })
  api.let('scraper', { fair: ['installer'] }, 'token')
  api.vitals = { disk: 'good', above: [], drivers: [], broker: [], measured: { cpu: 0.25, celsius: 51 } }
  await api.get('/api/fair/wallet?tag=secret&site=fair', 'ada')
  await api.get('/api/fair/wallet?tag=other&site=fair', 'ada')
  await api.get('/api/nothing/secret', 'ada')
  const { headers, text } = await api.get('/metrics')
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const lines = text.split('\n')
  expect(lines).toContain('regie_http_requests_total{route="GET /api/fair/wallet",code="200"} 2')
  expect(lines).toContain('regie_http_requests_total{route="GET none",code="404"} 1')
  expect(lines).toContain('regie_http_seconds_count 3')
  expect(lines).toContain('regie_http_seconds_bucket{le="+Inf"} 3')
  expect(lines).toContain('regie_unsent_facts{site="fair"} 0')
  expect(lines).toContain('regie_box_cpu_ratio 0.25')
  expect(text).not.toMatch(/secret|other|box_memory_ratio/)
  expect(
    lines.filter((line) => !/^(?:# (?:HELP|TYPE) regie_|regie_[a-z_]+(?:\{.*\})? [\d.e+-]+$|$)/.test(line)),
  ).toEqual([])

  // Through a proxy on this machine, which asks for somebody else.
  for (const proxied of [{ 'x-forwarded-for': '192.168.1.7' }, { forwarded: 'for=192.168.1.7' }]) {
    expect((await api.get('/metrics', '', proxied)).status).toBe(401)
    expect((await api.get('/metrics', 'ada', proxied)).status).toBe(403)
    expect((await api.get('/metrics', 'scraper', proxied)).status).toBe(200)
  }
  const asOther = await new Promise<number | undefined>((resolve) => {
    get(`${api.url}/metrics`, { headers: { host: 'box.example' } }, ({ statusCode }) => resolve(statusCode))
  })
  expect(asOther).toBe(401)
})
