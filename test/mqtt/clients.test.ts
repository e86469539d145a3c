import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MqttStatus } from '../../src/doors/mqtt/door.ts'
import { Dice } from '../../src/world/random.ts'
import { passwordOf } from '../crash/devices.ts'
import type { MqttBox, ProtocolVersion } from './tools.ts'
import { mosquitto, python, run, startMqttBox } from './tools.ts'

// Debian's command line clients, and the library that most devices have, against a box in a process of its own.
const folder = mkdtempDisposableSync(join(tmpdir(), 'regie-mqtt-'))
let here: MqttBox

beforeAll(async () => {
  here = await startMqttBox(folder.path, new Dice(`clients ${process.pid}`))
})
afterAll(async () => {
  await here.box.stop()
  folder.remove()
})

const read = (hits: number) => JSON.stringify({ tag: 'v1', at: 1, hits })
const print = ['-F', '%t %p %r']

describe.each<ProtocolVersion>(['mqttv311', 'mqttv5'])('%s', (version) => {
  const as = (id: string) => mosquitto(here.port, version, id)
  const isFive = version === 'mqttv5'

  test('MQTT-2 nobody comes in without a name and its password', async () => {
    const line = [
      '-h',
      '127.0.0.1',
      '-p',
      String(here.port),
      '-V',
      version,
      '-t',
      'gates/n/read',
      '-m',
      read(1),
    ]
    const anonymous = await run('mosquitto_pub', ...line)
    expect(anonymous.code).toBeGreaterThan(0)
    expect(anonymous.err).toMatch(/not authori[sz]ed/i)
    const wrong = await run('mosquitto_pub', ...line, '-u', 'gate-1', '-P', 'wrong')
    expect(wrong.code).toBeGreaterThan(0)
    expect(wrong.err).toMatch(/bad user name or password/i)
  })

  test('MQTT-1 what nobody declared is refused, to send and to read', async () => {
    const sent = await as('gate-1')('mosquitto_pub', '-t', 'nobody/said', '-m', 'x', '-q', '1')
    expect(sent.err).toMatch(isFive ? /Not authorized/ : /connection was lost/)
    const foreign = await as('gate-1')('mosquitto_pub', '-t', 'sensors/gate-2/reading', '-m', '{}', '-q', '1')
    expect(foreign.err).toMatch(isFive ? /Not authorized/ : /connection was lost/)
    const asked = await as('screen-1')('mosquitto_sub', '-t', 'nobody/said', '-W', '5')
    expect(asked.err).toContain('All subscription requests were denied')
    const looks = await as('screen-1')('mosquitto_pub', '-t', 'lamps/l/set', '-m', '{"on":true}', '-q', '1')
    expect(looks.err).toMatch(isFive ? /Not authorized/ : /connection was lost/)
  })

  test('MQTT-4 MQTT-5 a record is in the log when it is acknowledged, once', async () => {
    const { n: before = 0 } = (await here.box.siteStatus()) ?? {}
    for (let again = 0; again < 3; again += 1) {
      const sent = await as(`gate-1`)(
        'mosquitto_pub',
        '-t',
        `gates/${version}/read`,
        '-m',
        read(1),
        '-q',
        '1',
        '-d',
      )
      expect(sent).toMatchObject({ code: 0, out: expect.stringContaining('received PUBACK') as string })
    }
    await pause(200)
    const { n = 0 } = (await here.box.siteStatus()) ?? {}
    // The first record of a process opens its stream.
    expect([1, 2]).toContain(n - before)
  })

  test('MQTT-6 an action is answered to the one who asked, the same for the same key', async () => {
    const till = `till-${version}`
    const grant = JSON.stringify({ id: 'a1', tag: version, cents: 500 })
    const to = isFive ? `reply/${till}/x` : `tills/${till}/answer`
    const ask = () =>
      as(till)('mosquitto_rr', '-t', `tills/${till}/grant`, '-e', to, '-m', grant, '-W', '5', '-q', '1')
    const [first, second] = [await ask(), await ask()]
    expect(JSON.parse(first.out)).toMatchObject({ id: 'a1', is: 'answered', again: false })
    expect(JSON.parse(second.out)).toMatchObject({ id: 'a1', is: 'answered', again: true })
    const poor = JSON.stringify({ id: 'b1', tag: 'nobody', stall: 'tea', cents: 500 })
    const answers = `tills/${till}/answer`
    const refused = await as(till)(
      'mosquitto_rr',
      '-t',
      `tills/${till}/pay`,
      '-e',
      answers,
      '-m',
      poor,
      '-W',
      '5',
    )
    expect(JSON.parse(refused.out)).toMatchObject({ is: 'refused', code: 'insufficient' })
  })

  test('MQTT-3 a subscription is granted QoS 1 at most', async () => {
    const { out } = await as('screen-1')('mosquitto_sub', '-t', 'lamps/#', '-q', '2', '-d', '-E')
    expect(out).toContain('Subscribed (mid: 1): 1')
  })

  test('MQTT-9 MQTT-10 sessions, what waits for them, and what is retained, outlive the box', async () => {
    const screen = ['-i', `tv ${version}`, '-c', '-t', 'lamps/#', '-q', '1']
    const tv = as('screen-1')
    await tv('mosquitto_sub', ...screen, ...(isFive ? ['-x', '3600'] : []), '-E')
    const send = (n: number, ...more: readonly string[]) =>
      as('gate-1')(
        'mosquitto_pub',
        '-t',
        `lamps/${version}/set`,
        '-m',
        `{"on":true,"n":${n}}`,
        '-q',
        '1',
        ...more,
      )
    await send(1)
    await send(2, '-r')
    await here.box.kill()
    here.box.start()
    expect(await here.box.ready()).toBe(true)
    await send(3)
    const heard = await tv(
      'mosquitto_sub',
      ...screen,
      ...(isFive ? ['-x', '3600'] : []),
      '-C',
      '3',
      '-W',
      '5',
      ...print,
    )
    const lamp = (n: number, retained = 0) => `lamps/${version}/set {"on":true,"n":${n}} ${retained}`
    expect(heard.out.trim().split('\n')).toEqual([lamp(1), lamp(2), lamp(3)])
    const late = await as('screen-2')(
      'mosquitto_sub',
      '-t',
      `lamps/${version}/+`,
      '-C',
      '1',
      '-W',
      '5',
      ...print,
    )
    expect(late.out.trim()).toBe(lamp(2, 1))
    const cleared = await as('gate-1')('mosquitto_pub', '-t', `lamps/${version}/set`, '-r', '-n', '-q', '1')
    expect(cleared.code).toBe(0)
    const none = await as('screen-2')('mosquitto_sub', '-t', `lamps/${version}/+`, '-W', '1', ...print)
    expect(none.out).toBe('')
  }, 30_000)

  test('MQTT-11 a client that goes without a word has said its will, also when the box goes first', async () => {
    const id = `gate-${version}`
    const will = [
      '--will-topic',
      `devices/${id}/status`,
      '--will-payload',
      'offline',
      '--will-retain',
      '--will-qos',
      '1',
    ]
    const start = async () => {
      const client = as(id).running('mosquitto_sub', '-t', `reply/${id}`, ...will)
      while ((await here.box.tell<MqttStatus>({ do: 'devices' })).clients === 0) await pause(20)
      return client
    }
    const status = () =>
      as('screen-1')('mosquitto_sub', '-t', `devices/${id}/status`, '-C', '1', '-W', '6', ...print)
    const clear = () => as(id)('mosquitto_pub', '-t', `devices/${id}/status`, '-n', '-r', '-q', '1')

    const killed = await start()
    await killed.end('SIGKILL')
    expect((await status()).out).toContain('offline')
    await clear()

    await as(id)('mosquitto_pub', '-t', 'gates/polite/read', '-m', read(1), '-q', '1', ...will)
    const quiet = await as('screen-1')('mosquitto_sub', '-t', `devices/${id}/status`, '-W', '1', ...print)
    expect(quiet.out).toBe('')

    const left = await start()
    await here.box.kill()
    await left.end('SIGKILL')
    here.box.start()
    expect(await here.box.ready()).toBe(true)
    expect((await status()).out).toContain('offline')
    await clear()
  }, 40_000)

  test('MQTT-12 who subscribes to what is told hears how it is, and what it becomes', async () => {
    const till = as('till-9')
    const grant = (id: string) =>
      till(
        'mosquitto_pub',
        '-t',
        'tills/till-9/grant',
        '-q',
        '1',
        '-m',
        JSON.stringify({ id, tag: 'told', cents: 1 }),
      )
    const cents = ({ lines }: { readonly lines: readonly string[] }) =>
      lines.flatMap((line) => {
        const [, said, retained] = /wallet:told.*"cents":(\d+)\} ([01])$/.exec(line) ?? []
        return said === undefined ? [] : [[Number(said), Number(retained)]]
      })
    await grant(`${version} 1`)
    const reader = as('screen-1').running('mosquitto_sub', '-t', 'books/+', '-q', '1', ...print)
    await reader.until(() => cents(reader).length === 1, 'how it is')
    await grant(`${version} 2`)
    await reader.until(() => cents(reader).length === 2, 'what it becomes')
    await reader.end('SIGTERM')
    const [[before = 0] = []] = cents(reader)
    expect(cents(reader)).toEqual([
      [before, 1],
      [before + 1, 0],
    ])
  })
})

test('MQTT-15 the same over WebSocket, on both paths, for both versions', async () => {
  const script = `
import sys, paho.mqtt.client as m
for proto in (m.MQTTv311, m.MQTTv5):
    for path in ('/', '/mqtt'):
        c = m.Client(client_id='web', protocol=proto, transport='websockets')
        c.ws_set_options(path=path)
        c.username_pw_set('gate-1', ${JSON.stringify(passwordOf('gate-1'))})
        c.connect('127.0.0.1', int(sys.argv[1]))
        c.loop_start()
        sent = c.publish('gates/web/read', '{"tag":"v1","at":1,"hits":%d}' % proto, 1)
        sent.wait_for_publish(5)
        print(sent.is_published())
        c.disconnect()
        c.loop_stop()
`
  const { out, err } = await run(python, '-c', script, String(here.wsPort))
  expect(err).toBe('')
  expect(out.trim().split('\n')).toEqual(['True', 'True', 'True', 'True'])
  const other = await fetch(`http://127.0.0.1:${here.wsPort}/`)
  expect(other.status).toBe(426)
})
