import { expect, test } from 'vitest'
import { readSettings } from './settings.ts'

const none = {}

test('without any setting a box serves ./data on port 8080, to every address', () => {
  expect(readSettings(none, none)).toMatchObject({
    data: `${process.cwd()}/data`,
    port: 8080,
    host: undefined,
    log: 'info',
  })
})

test('HTTPS is off, with the box’s own certificate, and a certificate needs its key', () => {
  expect(readSettings({}, none).tls).toEqual({ port: 0, certificate: undefined, key: undefined })
  const both = { REGIE_TLS_PORT: '8443', REGIE_TLS_CERT: '/c.pem', REGIE_TLS_KEY: '/k.pem' }
  expect(readSettings(both, none).tls).toEqual({ port: 8443, certificate: '/c.pem', key: '/k.pem' })
  expect(() => readSettings({ REGIE_TLS_CERT: '/c.pem' }, none)).toThrow('REGIE_TLS_KEY')
  expect(() => readSettings({ REGIE_TLS_KEY: '/k.pem' }, none)).toThrow('REGIE_TLS_CERT')
})

test('HTTP-15 no proxy is trusted unless it is named, by an address or a network', () => {
  const near = ['127.0.0.1', '::1', '10.0.0.1', 'fd00::1']
  expect(near.filter(readSettings(none, none).trusts)).toEqual([])
  const env = { REGIE_TRUSTED_PROXIES: '127.0.0.1, fd00::/8' }
  expect(near.filter(readSettings(env, none).trusts)).toEqual(['127.0.0.1', 'fd00::1'])
  expect(near.filter(readSettings(env, { 'trusted-proxies': '10.0.0.0/8' }).trusts)).toEqual(['10.0.0.1'])
  expect(() => readSettings({ REGIE_TRUSTED_PROXIES: 'loopback' }, none)).toThrow(
    'REGIE_TRUSTED_PROXIES is “loopback”',
  )
  expect(() => readSettings(none, { 'trusted-proxies': '10.0.0.1,,' })).toThrow('--trusted-proxies is')
})

test('a flag wins over the environment', () => {
  const env = { REGIE_DATA: '/a', REGIE_PORT: '1', REGIE_HOST: '::1', REGIE_LOG: 'WARN' }
  expect(readSettings(env, none)).toMatchObject({ data: '/a', port: 1, host: '::1', log: 'warn' })
  expect(readSettings(env, { data: '/b', port: '2', host: '127.0.0.1', log: 'debug' })).toMatchObject({
    data: '/b',
    port: 2,
    host: '127.0.0.1',
    log: 'debug',
  })
})

test('an empty variable counts as not set', () => {
  expect(readSettings({ REGIE_PORT: ' ', REGIE_HOST: '' }, none)).toEqual(readSettings(none, none))
})

test.each(['-1', '65536', '80a', '8e1', '8080.5', '٣'])('port %s is refused in words', (text) => {
  expect(() => readSettings({ REGIE_PORT: text }, none)).toThrow(`REGIE_PORT is “${text}”`)
})

test('an unknown log level is refused in words', () => {
  expect(() => readSettings(none, { log: 'loud' })).toThrow('--log is “loud”')
})

test('devices are expected on the usual ports of MQTT, and 0 does without', () => {
  expect(readSettings(none, none)).toMatchObject({ mqttPort: 1883, mqttWsPort: 9001, mqttTlsPort: 0 })
  expect(readSettings({ REGIE_MQTT_TLS_PORT: '8883' }, none)).toMatchObject({ mqttTlsPort: 8883 })
  const off = { REGIE_MQTT_PORT: '0', REGIE_MQTT_WS_PORT: '0' }
  expect(readSettings(off, none)).toMatchObject({ mqttPort: 0, mqttWsPort: 0 })
  expect(readSettings(off, { 'mqtt-port': '1884' })).toMatchObject({ mqttPort: 1884, mqttWsPort: 0 })
})
