import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { addressForPeople, everyAddress, setupAddress, waysTo } from './address.ts'

function at(address: string): NetworkInterfaceInfo[] {
  const family = address.includes(':') ? 'IPv6' : 'IPv4'
  const internal = address === '127.0.0.1' || address === '::1'
  return [{ address, family, internal, netmask: '', mac: '', cidr: null, scopeid: 0 }]
}

const lo = at('127.0.0.1')

test('a box is reached at its address on the LAN', () => {
  expect(addressForPeople(undefined, 8080, { lo, eth0: at('192.168.1.20') })).toBe(
    'http://192.168.1.20:8080/',
  )
  expect(addressForPeople('::', 80, { lo, wlan0: at('10.0.0.7') })).toBe('http://10.0.0.7/')
})

test('not through a container, a tunnel or an address that nobody gave', () => {
  const interfaces = { docker0: at('172.17.0.1'), eth0: at('169.254.3.4'), wlan0: at('192.168.4.1'), lo }
  expect(addressForPeople('0.0.0.0', 8080, interfaces)).toBe('http://192.168.4.1:8080/')
})

test('without a network, on the machine itself', () => {
  expect(addressForPeople(undefined, 8080, { lo })).toBe('http://localhost:8080/')
})

test('a chosen address is what people type', () => {
  expect(addressForPeople('127.0.0.1', 1, {})).toBe('http://127.0.0.1:1/')
  expect(addressForPeople('fd00::1', 1, {})).toBe('http://[fd00::1]:1/')
})

test('a box listens on IPv6 and IPv4, or on IPv4 where there is nothing else', () => {
  expect(everyAddress({ lo, eth0: at('fe80::1') })).toBe('::')
  expect(everyAddress({ lo, eth0: at('10.0.0.1') })).toBe('0.0.0.0')
})

const ports = { http: 8080, https: 8443, isTrusted: false }

test('REACH-1 every way to a box is named, the best first', () => {
  const interfaces = { docker0: at('172.17.0.1'), eth0: at('192.168.1.20'), lo }
  const urls = (of: typeof ports) => waysTo(undefined, of, interfaces).map(({ url }) => url)
  expect(urls(ports)).toEqual([
    'http://192.168.1.20:8080/',
    'https://192.168.1.20:8443/',
    'http://172.17.0.1:8080/',
    'https://172.17.0.1:8443/',
  ])
  // A certificate that somebody gave: no browser warns of it.
  expect(urls({ ...ports, isTrusted: true })[0]).toBe('https://192.168.1.20:8443/')
  expect(waysTo(undefined, ports, { lo })).toEqual([])
  const own = waysTo('127.0.0.1', { ...ports, https: undefined }, interfaces)
  expect(own).toEqual([
    { url: 'http://127.0.0.1:8080/', secure: false, address: '127.0.0.1', port: 8080, lan: false },
  ])
  expect(waysTo('fd00::1', { http: 80, https: 443, isTrusted: false }).map(({ url }) => url)).toEqual([
    'http://[fd00::1]/',
    'https://[fd00::1]/',
  ])
})

test('START-4 the code of first start stands where no browser sends it', () => {
  const address = setupAddress({ host: '192.168.1.20' }, { http: 8080 }, '483921')
  expect(address).toBe('http://192.168.1.20:8080/setup#483921')
  expect(new URL(address).pathname).toBe('/setup')
})
