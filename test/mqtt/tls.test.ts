import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import { realMachine } from '../../src/cli/machine.ts'
import { makeCertificate } from '../../src/doors/tls/own-certificate.ts'
import { doorHere } from './door-of.ts'
import type { ProtocolVersion } from './tools.ts'
import { mosquitto } from './tools.ts'

const { random, clock } = realMachine()
const certificateOf = (name: string) =>
  makeCertificate({ name, hosts: ['localhost', '127.0.0.1'], now: clock.wall(), random })
const certificate = certificateOf('box')
const read = (hits: number) => JSON.stringify({ tag: 'v1', at: 1, hits })
const says = (hits: number) => ['-t', 'gates/one/read', '-q', '1', '-m', read(hits)]

test.each<ProtocolVersion>(['mqttv311', 'mqttv5'])(
  'MQTT-16 a device that trusts the certificate of the box speaks %s over TLS, and no other does',
  async (version) => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'regie-tls-'))
    await using here = await doorHere({}, { secure: { port: 0, certificate } })
    const file = (name: string, text: string) => {
      writeFileSync(join(folder.path, name), text)
      return join(folder.path, name)
    }
    const own = ['--cafile', file('own.crt', certificate.certificate)]
    const other = ['--cafile', file('other.crt', certificateOf('other').certificate)]
    const port = here.door.tlsPort ?? 0
    const { n: before = 0 } = here.test.box.status().sites[0] ?? {}
    const sent = await mosquitto(port, version, 'gate-1', own)('mosquitto_pub', '-d', ...says(1))
    expect(sent).toMatchObject({ code: 0, out: expect.stringContaining('received PUBACK') as string })
    await expect.poll(() => here.test.box.status().sites[0]?.n, { timeout: 10_000 }).toBeGreaterThan(before)
    const strange = await mosquitto(port, version, 'gate-1', other)('mosquitto_pub', ...says(2))
    expect(strange.code).toBeGreaterThan(0)
    expect(strange.err).toMatch(/certificate verify failed|A TLS error occurred/)
    const plain = await mosquitto(port, version, 'gate-1')('mosquitto_pub', ...says(3))
    expect(plain.code).toBeGreaterThan(0)
  },
)

test('MQTT-16 a certificate that was renewed is shown to the next connection, and those who are here stay', async () => {
  await using here = await doorHere({}, { secure: { port: 0, certificate } })
  const shown = () =>
    new Promise<string>((resolve, reject) => {
      const socket = connect({ port: here.door.tlsPort, host: '127.0.0.1', rejectUnauthorized: false })
      socket.on('error', reject)
      socket.on('secureConnect', () => {
        resolve(String(socket.getPeerCertificate().subject.CN))
        socket.destroy()
      })
    })
  expect(await shown()).toBe('box')
  here.door.renew(certificateOf('renewed'))
  expect(await shown()).toBe('renewed')
})

test('MQTT-16 who does not shake hands, or speaks without TLS, is left', async () => {
  await using here = await doorHere({ connectMs: 200 }, { secure: { port: 0, certificate } })
  const isLeft = (said: string) =>
    new Promise<boolean>((resolve) => {
      const socket = connectTcp(here.door.tlsPort ?? 0, '127.0.0.1')
      const late = setTimeout(() => resolve(false), 20_000)
      socket.on('error', () => {})
      socket.on('close', () => {
        clearTimeout(late)
        resolve(true)
      })
      socket.resume()
      if (said !== '') socket.write(said)
    })
  expect(await Promise.all(['', 'MQTT without TLS, in clear'].map(isLeft))).toEqual([true, true])
  expect(here.door.status().clients).toBe(0)
})
