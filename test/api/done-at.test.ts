import { expect, test } from 'vitest'
import { Boxes } from '../kernel/boxes.ts'
import { ApiServer } from './api-server.ts'

test('HTTP-17 stands in the log with the moment when it was done, as far as anybody knows', async () => {
  await using boxes = new Boxes()
  await using api = await ApiServer.keeping(boxes, 'fair')
  api.let('ada', { fair: ['lead'] })
  const grant = async (doneAt: string) =>
    api.post('/api/fair/grant', { tag: 'v1', cents: 5 }, 'ada', {
      'regie-done-at': doneAt,
      'idempotency-key': doneAt,
    })
  const heads = () => api.host.truth.prepare(`SELECT head FROM log WHERE head LIKE '%"fair.grant"%'`).all()
  // Nobody has said yet what time it is.
  expect((await grant('12;ago=5')).status).toBe(200)
  const said = Date.now()
  expect((await api.post('/api/fleet/clock.set', { time: said }, 'ada')).status).toBe(200)
  expect((await grant(`${said - 60_000};within=31`)).status).toBe(200)
  expect((await grant('1;ago=3600000')).status).toBe(200)
  const [unknown, byBox, byPage] = heads().map(({ head }) => JSON.parse(String(head)) as readonly unknown[])
  expect(unknown).toHaveLength(8)
  for (const [entry, ago, most] of [
    [byBox, 60_000, 5_031],
    [byPage, 3_600_000, 45_000],
  ] as const) {
    const [ms, within] = (entry?.[8] ?? []) as readonly number[]
    expect(within).toBe(most)
    expect(Math.abs(said - ago - (ms ?? 0))).toBeLessThan(most)
  }

  expect((await grant('yesterday')).body).toMatchObject({ status: 400, code: 'done_at_invalid' })
  expect((await grant(`${said + 3_600_000};within=9`)).body).toMatchObject({
    status: 422,
    code: 'done_later',
  })
  const old = said - 8 * 24 * 3_600_000
  expect((await grant(`${old};within=9`)).body).toMatchObject({ status: 422, code: 'done_long_ago' })
  expect(heads()).toHaveLength(3)
})
