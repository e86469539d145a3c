import { expect, test } from 'vitest'
import { readSettings } from './settings.ts'

const none = {}

test('without any setting a box serves ./data on port 8080, to every address', () => {
  expect(readSettings(none, none)).toEqual({
    data: `${process.cwd()}/data`,
    port: 8080,
    host: undefined,
    log: 'info',
  })
})

test('a flag wins over the environment', () => {
  const env = { REGIE_DATA: '/a', REGIE_PORT: '1', REGIE_HOST: '::1', REGIE_LOG: 'WARN' }
  expect(readSettings(env, none)).toEqual({ data: '/a', port: 1, host: '::1', log: 'warn' })
  expect(readSettings(env, { data: '/b', port: '2', host: '127.0.0.1', log: 'debug' })).toEqual({
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
