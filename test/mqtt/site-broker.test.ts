import { mkdtempDisposableSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { realMachine } from '../../src/cli/machine.ts'
import type { SiteBrokerOptions } from '../../src/doors/mqtt/site-broker/options.ts'
import { makeCertificate } from '../../src/doors/tls/own-certificate.ts'
import { Dice } from '../../src/world/random.ts'
import { brokerToken } from '../crash/devices.ts'
import { site } from '../crash/fair-packs.ts'
import { freePort } from '../crash/ports.ts'
import type { Here } from './door-of.ts'
import { doorHere } from './door-of.ts'
import { guest, Mosquitto } from './mosquitto.ts'
import { mosquitto } from './tools.ts'

const folder = mkdtempDisposableSync(`${tmpdir()}/regie-site-broker-`)
const dice = new Dice(`site broker ${process.pid}`)
const patient = { timeout: 20_000 }
let broker: Mosquitto

beforeAll(async () => {
  broker = new Mosquitto({ folder: folder.path, port: await freePort(dice) })
  await broker.start()
})
afterAll(async () => {
  await broker.end('SIGTERM')
  folder.remove()
})

const optionsFor = (more: Partial<SiteBrokerOptions> = {}): SiteBrokerOptions => ({
  host: '127.0.0.1',
  port: broker.port,
  tls: undefined,
  username: guest.name,
  password: guest.password,
  prefix: 'club/',
  token: brokerToken,
  devices: ['till-1', 'sensor-1'],
  ...more,
})

const stateOf = ({ door }: Here) => door.status().siteBroker
async function here(more: Partial<SiteBrokerOptions> = {}): Promise<Here> {
  const made = await doorHere({}, { siteBroker: optionsFor(more) })
  await expect.poll(() => stateOf(made)?.is, patient).toBe('connected')
  return made
}

const five = () => broker.client('mqttv5')
/** What the readings of a sensor have come to, in the view. */
const entries = ({ test: { box } }: Here) => box.status().sites[0]?.n ?? 0
const read = (hits: number) => ({ tag: 'v1', at: 1, hits })

test('MQTT-17 what a device says at the broker of the site is a record here, once', async () => {
  await using one = await here()
  const before = entries(one)
  expect(await broker.client('mqttv311').pub('club/gates/north/read', read(1))).toMatchObject({ code: 0 })
  await expect.poll(() => entries(one), patient).toBeGreaterThan(before)
  const after = entries(one)
  for (const hits of [1, 1, 2]) await five().pub('club/gates/north/read', read(hits))
  await expect.poll(() => entries(one), patient).toBe(after + 1)
})

test('MQTT-18 only devices that the setting names speak through it, each on its own topic', async () => {
  await using one = await here()
  const before = entries(one)
  const reading = (count: number) => ({ count, value: 1 })
  // Not named, without the prefix, not declared, and no reading.
  await five().pub('club/sensors/sensor-2/reading', reading(1))
  await five().pub('sensors/sensor-1/reading', reading(2))
  await five().pub('club/nobody/said', reading(3))
  await five().pub('club/sensors/sensor-1/reading', { count: 0 })
  // What was retained before was not said now.
  await five().pub('club/sensors/sensor-1/reading', reading(4), '-r')
  await expect.poll(() => entries(one), patient).toBe(before + 2)
  await one[Symbol.asyncDispose]()
  await using next = await here()
  const then = entries(next)
  await five().pub('club/sensors/sensor-1/reading', reading(5))
  // The stream of a new box is an entry, too.
  await expect.poll(() => entries(next), patient).toBe(then + 2)
  await five().pub('club/sensors/sensor-1/reading', '', '-r')
})

test('MQTT-6 MQTT-18 an action is answered at the broker of the site, each device by its own keys', async () => {
  await using one = await here({ devices: ['till-1', 'till-2'] })
  const ask = (till: string, cents: number) =>
    five().rr(
      '-t',
      `club/tills/${till}/grant`,
      '-e',
      `club/tills/${till}/answer`,
      '-m',
      JSON.stringify({ id: 'k1', tag: till, cents }),
      '-W',
      '15',
    )
  const first = await ask('till-1', 5)
  expect(JSON.parse(first.out)).toMatchObject({ id: 'k1', is: 'answered', again: false })
  expect(JSON.parse((await ask('till-1', 5)).out)).toMatchObject({ is: 'answered', again: true })
  expect(JSON.parse((await ask('till-2', 7)).out)).toMatchObject({ is: 'answered', again: false })
  expect(stateOf(one)?.is).toBe('connected')
})

test('MQTT-19 what is told here is told there, retained, and what is passed on goes both ways, never back', async () => {
  await using one = await here({ prefix: 'hall/' })
  const there = five().listening('-t', 'hall/#', '-F', '%t %r %p')
  const port = one.door.port ?? 0
  const local = mosquitto(port, 'mqttv5', 'screen-1').running('mosquitto_sub', '-t', 'lamps/#', '-F', '%t %p')
  await one.test.box.act(site, {
    action: 'fair.grant',
    key: 'g1',
    who: 'anna',
    input: { tag: 'v1', cents: 5 },
  })
  await there.until((lines) => lines.some((line) => line.startsWith('hall/books/bank ')), 'the books')
  const kept = await five().sub('-t', 'hall/books/+', '-F', '%t %r %p', '-C', '2', '-W', '15')
  expect(kept.out).toContain('hall/books/wallet:v1 1 {"account":"wallet:v1","cents":5}')
  const lamp = mosquitto(port, 'mqttv5', 'lamp-1')
  expect(await lamp('mosquitto_pub', '-q', '1', '-t', 'lamps/here/set', '-m', '{"on":true}')).toMatchObject({
    code: 0,
  })
  await there.until((lines) => lines.includes('hall/lamps/here/set 0 {"on":true}'), 'a lamp of here')
  await expect
    .poll(async () => {
      await five().pub('hall/lamps/there/set', { on: false })
      return local.lines
    }, patient)
    .toContain('lamps/there/set {"on":false}')
  await local.until((lines) => lines.includes('lamps/there/set {"on":false}'), 'a lamp of there')
  const came = there.lines.filter((line) => line.startsWith('hall/lamps/here/'))
  expect(came).toHaveLength(1)
  const heard = local.lines.filter((line) => line.startsWith('lamps/here/'))
  expect(heard.length).toBeLessThanOrEqual(1)
  await there.end('SIGTERM')
  await local.end('SIGTERM')
})

test('MQTT-19 what is retained there of rows that there are no more is emptied, and what there is stays', async () => {
  const kept = async () => {
    const ran = await five().sub('-t', 'gone/books/+', '-F', '%t', '--retained-only', '-W', '1')
    return ran.out.trim().split('\n').toSorted()
  }
  const grant = (one: Here, tag: string) =>
    one.test.box.act(site, { action: 'fair.grant', key: tag, who: 'anna', input: { tag, cents: 5 } })
  {
    await using before = await here({ prefix: 'gone/' })
    await grant(before, 'old')
    await expect.poll(kept, patient).toContain('gone/books/wallet:old')
  }
  await using now = await here({ prefix: 'gone/' })
  await grant(now, 'new')
  await expect.poll(kept, { timeout: 40_000 }).toEqual(['gone/books/bank', 'gone/books/wallet:new'])
})

test('MQTT-20 why it is away is said in words, without what it signs in with', async () => {
  const wrong = { username: guest.name, password: 'a wrong password' }
  await using refused = await doorHere({}, { siteBroker: optionsFor(wrong) })
  await expect.poll(() => stateOf(refused), patient).toMatchObject({ is: 'away' })
  expect(stateOf(refused)?.why).toMatch(/wrong user name or password|not allowed/)
  await using unknown = await doorHere({}, { siteBroker: optionsFor({ token: 'no token' }) })
  await expect.poll(() => stateOf(unknown)?.why, patient).toContain('its token is not known here')
  await using closed = await doorHere({}, { siteBroker: optionsFor({ port: await freePort(dice) }) })
  await expect.poll(() => stateOf(closed)?.why, patient).toContain('ECONNREFUSED')
  const said = [...refused.said, ...unknown.said, ...closed.said].join('\n')
  expect(said).toContain('is away')
  for (const secret of [wrong.password, guest.password, brokerToken, 'no token'])
    expect(said).not.toContain(secret)
})

test('MQTT-20 a broker that is none, or of another protocol, is left and tried again', async () => {
  const answers = [
    'HTTP/1.1 400 Bad Request\r\n\r\n',
    '\x20\x02\x00\x01',
    '\x30\x00',
    '\xff\xff\xff\xff\xff\xff',
    // It refuses in words that would color a terminal.
    '\x20\x0c\x00\x87\x09\x1f\x00\x06\x1b[31m!',
  ]
  let tries = 0
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.write(Buffer.from(answers[tries % answers.length] ?? '', 'latin1'))
    tries += 1
  })
  server.listen(0, '127.0.0.1')
  await expect.poll(() => server.listening, patient).toBe(true)
  await using one = await doorHere(
    { connectMs: 1_000 },
    { siteBroker: optionsFor({ port: (server.address() as AddressInfo).port }) },
  )
  const whys = new Set<string>()
  await expect
    .poll(
      () => {
        whys.add(stateOf(one)?.why ?? '')
        return tries
      },
      { timeout: 30_000, interval: 10 },
    )
    .toBeGreaterThan(5)
  expect([...whys]).toContain('it does not speak MQTT 5')
  expect([...whys]).toContain('it does not let us in: [31m!')
  server.close()
})

test('MQTT-17 over TLS the certificate of the broker is looked at', async () => {
  const { random, clock } = realMachine()
  const made = (name: string) => makeCertificate({ name, hosts: ['127.0.0.1'], now: clock.wall(), random })
  const certificate = made('hall')
  using home = mkdtempDisposableSync(`${tmpdir()}/regie-site-broker-`)
  const secure = new Mosquitto({ folder: home.path, port: await freePort(dice), tls: certificate })
  await secure.start()
  try {
    const options = { port: secure.port, tls: { ca: certificate.certificate } }
    await using trusted = await here(options)
    expect(stateOf(trusted)?.address).toBe(`mqtts://127.0.0.1:${secure.port}`)
    await using strange = await doorHere(
      {},
      {
        siteBroker: optionsFor({ ...options, tls: { ca: made('other').certificate } }),
      },
    )
    await expect.poll(() => stateOf(strange)?.why, patient).toMatch(/self-signed|certificate/)
  } finally {
    await secure.end('SIGTERM')
  }
})
