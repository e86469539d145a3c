import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSettings } from './settings.ts'
import { readSiteBroker } from './site-broker.ts'

const token = { REGIE_BROKER_TOKEN: 'rgt_t' }
const at = (url: string) => readSiteBroker({ ...token, REGIE_BROKER: url }, {})

test('MQTT-18 without a broker of the site there is none, and nobody speaks through one until it is said', () => {
  expect(readSiteBroker({ ...token, REGIE_BROKER_DEVICES: 'a' }, {})).toBeUndefined()
  expect(at('mqtt://hall')).toEqual({
    host: 'hall',
    port: 1883,
    tls: undefined,
    username: undefined,
    password: undefined,
    prefix: '',
    token: 'rgt_t',
    devices: [],
  })
  expect(at('mqtts://[::1]:9000')).toMatchObject({ host: '::1', port: 9000, tls: { ca: undefined } })
  expect(at('mqtts://hall')).toMatchObject({ port: 8883 })
})

test('where a site has its own broker, ours opens only the ports that are named', () => {
  const env = { REGIE_BROKER: 'mqtt://hall' }
  expect(readSettings(env, {})).toMatchObject({ mqttPort: 0, mqttWsPort: 0 })
  expect(readSettings(env, { 'mqtt-port': '1884' })).toMatchObject({ mqttPort: 1884, mqttWsPort: 0 })
})

test('MQTT-20 secrets come from the first line of a file, or a variable, and files win', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'regie-broker-'))
  const file = (name: string, text: string) => {
    writeFileSync(join(folder.path, name), text)
    return join(folder.path, name)
  }
  const env = { ...token, REGIE_BROKER: 'mqtts://hall', REGIE_BROKER_PASSWORD: 'of the variable' }
  expect(readSiteBroker(env, { 'broker-user': 'regie', 'broker-prefix': 'club/' })).toMatchObject({
    username: 'regie',
    password: 'of the variable',
    prefix: 'club/',
  })
  const flags = {
    'broker-token-file': file('token', 'rgt_file\n'),
    'broker-password-file': file('password', 'of the file\nmore'),
    'broker-ca': file('ca', 'PEM'),
    'broker-devices': 'printer, board-2,printer',
  }
  expect(readSiteBroker(env, flags)).toMatchObject({
    token: 'rgt_file',
    password: 'of the file',
    tls: { ca: 'PEM' },
    devices: ['printer', 'board-2'],
  })
  expect(() => readSiteBroker(env, { 'broker-token-file': '/nowhere' })).toThrow('/nowhere')
})

test.each([
  ['http://hall', '--broker'],
  ['hall', '--broker'],
  ['mqtt://', '--broker'],
  ['mqtt://regie:secret@hall', 'REGIE_BROKER_PASSWORD_FILE'],
  ['mqtt://secret@hall', 'REGIE_BROKER_PASSWORD_FILE'],
  ['mqtt://hall/secret', 'REGIE_BROKER_PREFIX'],
  ['mqtt://hall?secret', 'REGIE_BROKER_PREFIX'],
])('MQTT-20 %s is refused in words, which do not repeat it', (url, words) => {
  const act = () => readSiteBroker(token, { broker: url })
  expect(act).toThrow(words)
  expect(act).not.toThrow('secret')
})

test.each([
  ['broker-prefix', 'a/+/b'],
  ['broker-prefix', '$SYS'],
  ['broker-prefix', '/'],
  ['broker-devices', 'a b'],
  ['broker-devices', 'gate/+'],
  ['broker-ca', '/ca.pem'],
])('--%s %s is refused in words', (flag, text) => {
  expect(() => readSiteBroker(token, { broker: 'mqtt://hall', [flag]: text })).toThrow(`--${flag}`)
})

test('a broker without a token is nobody here', () => {
  expect(() => readSiteBroker({ REGIE_BROKER: 'mqtt://hall' }, {})).toThrow('REGIE_BROKER_TOKEN_FILE')
})
