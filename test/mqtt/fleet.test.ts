// Devices of the fleet at the real program: what they say, over TLS too, is in its table and told to others.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { realMachine } from '../../src/cli/machine.ts'
import type { Program } from '../../src/cli/program.ts'
import { startProgram } from '../../src/cli/program.ts'
import type { Showing } from '../../src/doors/readiness.ts'
import { readSettings } from '../../src/cli/settings.ts'
import { readSiteBroker } from '../../src/cli/site-broker.ts'
import { askLocal, doLocal } from '../../src/doors/local.ts'
import type { SiteBrokerOptions } from '../../src/doors/mqtt/site-broker/options.ts'
import { makeCertificate } from '../../src/doors/tls/own-certificate.ts'
import { Dice } from '../../src/world/random.ts'
import { freePort } from '../crash/ports.ts'
import { guest, Mosquitto } from './mosquitto.ts'
import type { Ran } from './tools.ts'
import { run } from './tools.ts'

const site = 'trail-2026'
let root = ''
let program: Program | undefined
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'regie-fleet-'))
})
afterEach(async () => {
  await program?.stop()
  program = undefined
  rmSync(root, { recursive: true })
})

const said: string[] = []
const dice = new Dice(`fleet ${process.pid}`)

/** Returns the port for devices, with TLS or without. What it said is in `said`. */
async function start(
  port: 'mqtt-port' | 'mqtt-tls-port',
  more: Readonly<Record<string, string>> = {},
  siteBroker?: SiteBrokerOptions,
) {
  const number = await freePort(dice)
  const none = { 'mqtt-port': '0', 'mqtt-ws-port': '0', port: '0', host: '127.0.0.1' }
  program = await startProgram({
    settings: readSettings({}, { ...none, data: join(root, 'data'), [port]: String(number), ...more }),
    machine: realMachine({ write: (text) => void said.push(text), isTTY: false, least: 'debug' }),
    listening: () => {},
    siteBroker,
  })
  return number
}

const by = async (name: string, input: unknown): Promise<unknown> =>
  (await doLocal(join(root, 'data'), name, input))?.done

async function addToken(name: string, allow: readonly string[]): Promise<string> {
  const made = await by('token add', { login: 'marie', name, allow, sites: [site] })
  return (made as { readonly token: string }).token
}

async function setUp() {
  const about = { organisation: 'Club', language: 'en', zone: 'UTC', site, siteName: 'Trail 2026' }
  await by('setup', { ...about, login: 'marie', name: 'Marie', password: 'correct horse battery' })
  const printer = await addToken('printer', ['fleet.state'])
  const board = await addToken('board', ['fleet.told', 'fleet.devices'])
  return { printer, board }
}

/** Whether a token is good is heard a moment after it was made. */
async function patiently(attempt: () => Promise<Ran>): Promise<Ran> {
  for (let tries = 0; ; tries += 1) {
    const ran = await attempt()
    if (ran.code === 0 || tries > 20) return ran
    await rest(200)
  }
}

const as = (port: number, id: string, token: string, tls: readonly string[] = []) => {
  const common = ['-h', 'localhost', '-p', String(port), '-V', 'mqttv5', '-u', id, '-P', token, ...tls]
  return {
    says: (state: object) =>
      run('mosquitto_pub', ...common, '-t', `devices/${id}/state`, '-q', '1', '-m', JSON.stringify(state)),
    hears: (topic: string) =>
      run('mosquitto_sub', ...common, '-t', topic, '-F', '%t %r %p', '-C', '1', '-W', '15'),
  }
}

async function devices(token: string): Promise<unknown> {
  const url = `http://127.0.0.1:${program?.port}/api/fleet/devices?site=${site}`
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  return ((await answer.json()) as { readonly rows?: unknown }).rows
}

test('MQTT-5 MQTT-12 what a device says of itself is in the table of devices, and told to who may read it', async () => {
  const port = await start('mqtt-port')
  const { printer, board } = await setUp()
  const said = { state: 'needsHelp', text: 'out of paper', id: 'a1' }
  expect(await patiently(() => as(port, 'printer', printer).says(said))).toMatchObject({ code: 0 })
  const row = { device: 'printer', state: 'needsHelp', text: 'out of paper' }
  await expect.poll(() => devices(board), { timeout: 10_000 }).toMatchObject([row])
  const heard = await as(port, 'board', board).hears('devices/+')
  // Nobody has vouched for the clock of every machine that tests run on.
  expect(heard.out).toMatch(
    /^devices\/printer 1 \{"state":"needsHelp","text":"out of paper","at":(null|\d+)\}$/m,
  )
  // It is not asked what it is not let ask, and says nothing for another.
  expect((await as(port, 'printer', printer).hears('devices/+')).err).toContain('denied')
  expect((await as(port, 'board', board).says({ state: 'ready' })).err).toContain('Not authorized')
})

test('MQTT-16 the certificate for devices is that of HTTPS: the box’s own, or one that was given', async () => {
  const port = await start('mqtt-tls-port')
  const { printer, board } = await setUp()
  const own = ['--cafile', join(root, 'data', 'tls', 'own.crt')]
  expect(await patiently(() => as(port, 'printer', printer, own).says({ state: 'ready' }))).toMatchObject({
    code: 0,
  })
  await program?.stop()
  const { random, clock } = realMachine()
  const made = makeCertificate({ name: 'given', hosts: ['localhost'], now: clock.wall(), random })
  const [cert, key] = [join(root, 'given.crt'), join(root, 'given.key')]
  writeFileSync(cert, made.certificate)
  writeFileSync(key, made.key)
  const again = await start('mqtt-tls-port', { 'tls-cert': cert, 'tls-key': key })
  expect((await as(again, 'printer', printer, own).says({ state: 'off' })).code).toBeGreaterThan(0)
  const ran = await patiently(() => as(again, 'printer', printer, ['--cafile', cert]).says({ state: 'off' }))
  expect(ran).toMatchObject({ code: 0 })
  await expect.poll(() => devices(board), { timeout: 10_000 }).toMatchObject([{ state: 'off' }])
  expect(readFileSync(cert, 'utf8')).toBe(made.certificate)
})

test('MQTT-17 MQTT-18 MQTT-20 devices at the broker of the site are let in by a token, and shut out by its end', async () => {
  const broker = new Mosquitto({ folder: root, port: await freePort(dice) })
  await broker.start()
  try {
    await start('mqtt-port')
    const { board } = await setUp()
    const allow = ['fleet.state', 'fleet.told', 'fleet.devices']
    const made = await by('token add', { login: 'marie', name: 'hall', allow, sites: [site] })
    const { id, token } = made as { readonly id: string; readonly token: string }
    await program?.stop()
    const file = (name: string, text: string) => {
      writeFileSync(join(root, name), `${text}\n`)
      return join(root, name)
    }
    const flags = {
      broker: `mqtt://127.0.0.1:${broker.port}`,
      'broker-token-file': file('token', token),
      'broker-user': guest.name,
      'broker-password-file': file('password', guest.password),
      'broker-devices': 'printer',
    }
    await start('mqtt-port', {}, readSiteBroker({}, flags))
    const status = async () => (await askLocal(join(root, 'data'), 'status')) as Showing
    const isConnected = { is: 'running', siteBroker: { is: 'connected', why: '' } }
    await expect.poll(status, { timeout: 20_000 }).toMatchObject(isConnected)
    const five = broker.client('mqttv5')
    await five.pub('devices/printer/state', { state: 'busy', id: 'b1' })
    await five.pub('devices/board/state', { state: 'busy', id: 'b1' })
    await expect
      .poll(() => devices(board), { timeout: 10_000 })
      .toMatchObject([{ device: 'printer', state: 'busy' }])
    const told = await five.sub('-t', 'devices/+', '-F', '%t %r %p', '-C', '1', '-W', '15')
    expect(told.out).toMatch(/^devices\/printer 1 \{"state":"busy"/)
    const metrics = async () => (await fetch(`http://127.0.0.1:${program?.port}/metrics`)).text()
    await expect.poll(metrics, { timeout: 30_000 }).toContain('regie_site_broker_connected 1')
    await by('token revoke', { token: id })
    await expect.poll(status, { timeout: 20_000 }).toMatchObject({ siteBroker: { is: 'away' } })
    await five.pub('devices/printer/state', { state: 'off', id: 'b2' })
    await rest(1_000)
    expect(await devices(board)).toMatchObject([{ device: 'printer', state: 'busy' }])
    for (const secret of [token, guest.password]) expect(said.join('')).not.toContain(secret)
  } finally {
    await broker.end('SIGKILL')
  }
})
