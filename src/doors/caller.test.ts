import { describe, expect, test } from 'vitest'
import { callerOf, trustsNobody, trustsOf } from './caller.ts'
import type { Caller } from './caller.ts'

type Headers = Readonly<Record<string, string>>

const proxies = trustsOf(['127.0.0.1', '::1', '10.0.0.0/8', 'fd00::/8']) ?? trustsNobody
const call = (remoteAddress: string | undefined, headers: Headers = {}, encrypted = false): Caller =>
  callerOf({ headers: { host: 'box:8080', ...headers }, socket: { remoteAddress, encrypted } }, proxies)
const from = (peer: string, hops: string): string => {
  const { address, relayed } = call(peer, { 'x-forwarded-for': hops })
  return relayed ? `${address} for somebody` : address
}

describe('HTTP-15 who is not trusted is himself, whatever he says of others', () => {
  const said = {
    'x-forwarded-for': '192.168.1.7',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'regie.example',
  }

  test.each(['203.0.113.9', '192.168.1.7', '11.0.0.1', 'fe80::1%eth0', '2001:db8::1'])('%s', (peer) => {
    expect(call(peer, said)).toMatchObject({
      address: peer.replace(/%.*/, ''),
      secure: false,
      host: 'box:8080',
      relayed: true,
    })
  })

  test('this machine neither, where nobody named it', () => {
    const arrived = { headers: { host: 'box', ...said }, socket: { remoteAddress: '127.0.0.1' } }
    expect(callerOf(arrived, trustsNobody)).toMatchObject({
      address: '127.0.0.1',
      secure: false,
      relayed: true,
    })
  })

  test.each(Object.entries({ ...said, forwarded: 'for=1.2.3.4' }))(
    '%s alone shows that he asks for another',
    (name, value) => {
      expect(call('192.168.1.7', { [name]: value }).relayed).toBe(true)
      expect(call('192.168.1.7').relayed).toBe(false)
    },
  )
})

test.each([
  ['one proxy', '127.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['two proxies', '127.0.0.1', '203.0.113.9, 10.1.1.1', '203.0.113.9'],
  [
    'what he says himself stands before what the proxy adds',
    '127.0.0.1',
    '127.0.0.1, 203.0.113.9',
    '203.0.113.9',
  ],
  ['a stranger in between', '127.0.0.1', '10.2.2.2, 203.0.113.9, 10.1.1.1', '203.0.113.9'],
  ['only proxies', '127.0.0.1', '10.2.2.2,10.1.1.1', '10.2.2.2'],
  ['a port', '127.0.0.1', '203.0.113.9:51234', '203.0.113.9'],
  ['IPv6', '::1', '2001:DB8:0:0::1', '2001:db8::1'],
  ['IPv6 in brackets', '::1', '[2001:db8::1]', '2001:db8::1'],
  ['IPv6 with a port', 'fd00::7', '[2001:db8::1]:443', '2001:db8::1'],
  ['a zone', '::1', 'fe80::1%eth0', 'fe80::1'],
  ['IPv4 in IPv6', '::ffff:127.0.0.1', '::ffff:203.0.113.9', '203.0.113.9'],
  ['IPv4 in IPv6, as hex', '::ffff:7f00:1', '::ffff:cb00:7109', '203.0.113.9'],
  ['a proxy that says nothing', '127.0.0.1', '', '127.0.0.1'],
])('HTTP-15 %s: %s says %j, and it is %s', (_, peer, hops, address) => {
  expect(from(peer, hops)).toBe(address)
})

test.each([
  'unknown',
  '_hidden',
  '203.0.113.9, ',
  ',',
  '999.1.1.1',
  '1.2.3.4/8',
  '1.2.3',
  '0x7f000001',
  'localhost',
  '[::1',
  '::1]:80',
  '<script>',
  '203.0.113.9\u0000',
  '::ffff:1.2.3.4.5',
  'x'.repeat(10_000),
])('HTTP-15 a proxy that says %j says nothing of who asks: he is near to nothing', (hops) => {
  expect(from('127.0.0.1', hops)).toBe('127.0.0.1 for somebody')
})

test('HTTP-15 nonsense behind a stranger is the stranger’s', () => {
  expect(from('127.0.0.1', 'nonsense, 203.0.113.9')).toBe('203.0.113.9')
})

test.each([
  ['https', false, true],
  ['HTTPS', false, true],
  ['http', true, false],
  ['http, https', false, true],
  ['https, http', false, false],
  ['wss', false, false],
  ['', true, true],
  ['javascript:', true, true],
])('HTTP-15 a proxy asks by %j over TLS %s: secure %s', (proto, encrypted, secure) => {
  expect(call('10.1.1.1', { 'x-forwarded-proto': proto }, encrypted).secure).toBe(secure)
})

test.each([
  ['regie.example', 'regie.example'],
  ['regie.example:8443', 'regie.example:8443'],
  ['[2001:db8::1]:8443', '[2001:db8::1]:8443'],
  ['evil.example, regie.example', 'regie.example'],
  ['a b', 'box:8080'],
  ['user@evil.example', 'box:8080'],
  ['evil.example/path', 'box:8080'],
  ['', 'box:8080'],
])('HTTP-15 a proxy was asked for %j: the box is %s', (named, host) => {
  expect(call('::1', { 'x-forwarded-host': named }).host).toBe(host)
})

test('HTTP-15 a socket that has gone has no address, and nobody trusts it', () => {
  expect(call(undefined, { 'x-forwarded-for': '1.2.3.4' })).toMatchObject({ address: '', relayed: true })
})

test.each([
  '',
  'localhost',
  '10.0.0.0/33',
  '10.0.0.0/',
  '::/129',
  'fe80::1%eth0',
  '10.0.0',
  '*',
  '10.0.0.1/8/8',
])('HTTP-15 %j is no proxy', (text) => {
  expect(trustsOf(['10.0.0.1', text])).toBeUndefined()
})

test('HTTP-15 a network is trusted as far as it goes', () => {
  const trusts = trustsOf(['192.168.4.0/30', 'fd00::/127']) ?? trustsNobody
  const some = ['192.168.4.3', '192.168.4.4', 'fd00::1', 'fd00::2', '']
  expect(some.filter(trusts)).toEqual(['192.168.4.3', 'fd00::1'])
})
