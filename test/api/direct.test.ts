import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { realMachine } from '../../src/cli/machine.ts'
import { startProgram } from '../../src/cli/program.ts'
import { readSettings } from '../../src/cli/settings.ts'
import { doLocal } from '../../src/doors/local.ts'
import type { TestBox } from '../kernel/boxes.ts'
import { Boxes, until } from '../kernel/boxes.ts'
import { ApiServer } from './api-server.ts'

const handOver = '/api/fleet/site.handOver?site=fair'
const takeOver = '/api/fleet/site.takeOver?site=fair'

/** A keeper and a box that follows it, each with its web door. */
async function pair(boxes: Boxes) {
  const keeper = await ApiServer.keeping(boxes, 'fair')
  const host = boxes.make('follower')
  await host.start()
  await keeper.host.box.assign('fair', host.member)
  await host.box.serve('fair', keeper.host.above)
  await follows(host, keeper.host)
  const follower = await ApiServer.on(host)
  for (const each of [keeper, follower]) {
    each.let('ada', { fair: ['lead'] })
    each.let('ina', { fair: ['installer'] })
    each.let('vic', { fair: ['viewer'] })
  }
  return { keeper, follower }
}

const follows = (one: TestBox, other: TestBox) =>
  until(() => one.site().n === other.site().n && one.site().n > 0, 15_000)
const heads = ({ truth }: TestBox, kind: string) =>
  truth.prepare(`SELECT bodies FROM log WHERE head LIKE '%"${kind}"%'`).all()

test('HTTP-18 a site is handed over to a named box by a lead, and the log says by whom', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await pair(boxes)
  await using _ = keeper
  await using __ = follower
  const to = follower.host.box.id
  for (const who of ['ina', 'vic']) expect((await keeper.post(handOver, { to }, who)).status).toBe(403)
  expect((await keeper.post(handOver, { to: 'a b' }, 'ada')).body).toMatchObject({ status: 400, field: 'to' })
  expect((await keeper.post(handOver, { to: '0123456789ab' }, 'ada')).body).toMatchObject({
    status: 422,
    code: 'does-not-follow',
  })
  expect((await follower.post(handOver, { to }, 'ada')).body).toMatchObject({
    status: 409,
    code: 'not-keeper',
  })
  const told = await keeper.post(handOver, { to }, 'ada', { 'idempotency-key': 'k1' })
  expect([told.status, told.body['answer'], told.headers.get('idempotency-key')]).toEqual([200, null, 'k1'])
  await until(() => follower.host.site().role === 'keeping', 15_000)
  await follows(keeper.host, follower.host)
  expect(JSON.stringify(heads(keeper.host, 'site.handedOver'))).toContain('\\"by\\":\\"ada\\"')
  expect((await keeper.post(handOver, { to }, 'ada')).body).toMatchObject({ code: 'not-keeper' })
})

test('HTTP-18 a site is taken over by a lead who types its name, and the log says by whom', async () => {
  await using boxes = new Boxes()
  const { keeper, follower } = await pair(boxes)
  await using _ = follower
  const about = { name: 'Foire d’Été', zone: 'UTC', exercise: false }
  keeper.let('mia', { fair: ['manager'] })
  expect((await keeper.post('/api/fleet/site.save?site=fair', about, 'mia')).status).toBe(200)
  await follows(follower.host, keeper.host)
  await keeper[Symbol.asyncDispose]()
  await keeper.host.stop()
  for (const who of ['ina', 'vic'])
    expect((await follower.post(takeOver, { confirm: about.name }, who)).status).toBe(403)
  for (const confirm of ['fair', 'Foire d’Ete', 'yes'])
    expect((await follower.post(takeOver, { confirm }, 'ada')).body).toMatchObject({
      status: 422,
      code: 'not_confirmed',
      field: 'confirm',
      title: 'This is confirmed by the name of the site, which is “Foire d’Été”.',
    })
  expect((await follower.post(takeOver, {}, 'ada')).body).toMatchObject({ status: 400, field: 'confirm' })
  expect(follower.host.site().role).not.toBe('keeping')
  const told = await follower.post(takeOver, { confirm: ' foire d’e\u0301te\u0301 ' }, 'ada')
  expect([told.status, told.body]).toMatchObject([200, { answer: { term: expect.stringMatching(/^2\//) } }])
  await until(() => follower.host.site().role === 'keeping')
  expect(JSON.stringify(heads(follower.host, 'site.keeper'))).toContain('\\"by\\":\\"ada\\"')
  const again = await follower.post(takeOver, { confirm: about.name }, 'ada')
  expect(again.body).toMatchObject({ status: 409, code: 'keeps-already' })
})

test('HTTP-18 whoever may read the data folder asks the same by a command', async () => {
  const data = join(mkdtempSync(join(tmpdir(), 'regie-direct-')), 'data')
  const program = await startProgram({
    settings: readSettings({}, { data, port: '0', host: '127.0.0.1', 'mqtt-port': '0', 'mqtt-ws-port': '0' }),
    machine: realMachine({ write: () => {}, isTTY: false, least: 'error' }),
    listening: () => {},
  })
  try {
    const about = { organisation: 'Club', language: 'en', zone: 'UTC', name: 'Owner', login: 'owner' }
    await doLocal(data, 'setup', {
      ...about,
      password: 'correct horse battery',
      site: 'one',
      siteName: 'One',
    })
    const by = (name: string, input: object) => doLocal(data, name, input)
    await expect(by('site take-over', { site: 'one', confirm: 'Two' })).rejects.toThrow(/which is “One”/)
    await expect(by('site take-over', { site: 'two', confirm: 'Two' })).rejects.toThrow(/two/)
    await expect(by('site take-over', { confirm: 'Two' })).rejects.toThrow(/names no site/)
    await expect(by('site hand-over', { site: 'one' })).rejects.toThrow(/request/)
    const to = '0123456789ab'
    await expect(by('site hand-over', { site: 'one', to })).rejects.toThrow(/does not have the whole log/)
    const args = ['bin/regie.ts', 'site', 'take-over', 'one', '--confirm', 'one', '--data', data]
    await expect(promisify(execFile)(process.execPath, args, { env: { LANG: 'C.UTF-8' } })).rejects.toThrow(
      /keeps the site already/,
    )
  } finally {
    await program.stop()
    rmSync(join(data, '..'), { recursive: true })
  }
}, 30_000)
