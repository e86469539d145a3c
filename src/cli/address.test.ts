import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { addressForPeople, everyAddress } from './address.ts'

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
