import { expect, test } from 'vitest'
import { isNear } from './network-place.ts'

test.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['::ffff:192.168.1.7', true],
  ['192.168.255.255', true],
  ['172.31.0.1', true],
  ['172.32.0.1', false],
  ['10.1.2.3', true],
  ['100.64.0.1', true],
  ['100.128.0.1', false],
  ['169.254.3.4', true],
  ['fe80::1%eth0', true],
  ['fd12::1', true],
  ['2001:db8::1', false],
  ['8.8.8.8', false],
  ['::ffff:8.8.8.8', false],
  ['', false],
  ['localhost', false],
])('%s is near: %s', (address, near) => {
  expect(isNear(address)).toBe(near)
})
