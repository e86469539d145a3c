import { randomBytes, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeCertificate } from './own-certificate.ts'

const random = { bytes: (size: number) => randomBytes(size) }
const now = Date.UTC(2026, 10, 20, 12)
const hosts = ['regie-107.local', 'localhost', '192.168.4.1', '::1', 'fe80::a:1', '2001:db8:1:2:3:4:5:6']
const wanted = { name: 'regie-107', hosts, now, random }

test('it reads as what it is, for these names and addresses, and for no longer than browsers take', () => {
  const made = makeCertificate(wanted)
  const read = new X509Certificate(made.certificate)
  expect(read.verify(read.publicKey)).toBe(true)
  expect(read.ca).toBe(false)
  expect(read.subject).toBe('CN=regie-107')
  expect(read.subjectAltName).toBe(
    'DNS:regie-107.local, DNS:localhost, IP Address:192.168.4.1, IP Address:0:0:0:0:0:0:0:1, IP Address:FE80:0:0:0:0:0:A:1, IP Address:2001:DB8:1:2:3:4:5:6',
  )
  expect(read.validToDate.getTime() - read.validFromDate.getTime()).toBe(397 * 24 * 3_600_000)
  expect(read.checkIP('fe80::a:1')).toBeDefined()
  expect(read.checkHost('regie-107.local')).toBe('regie-107.local')
})

test('no two are alike, and it may be made at any time', () => {
  const serial = (at: number) => new X509Certificate(makeCertificate({ ...wanted, now: at }).certificate)
  expect(serial(now).serialNumber).not.toBe(serial(now).serialNumber)
  expect(serial(Date.UTC(2049, 11, 1)).validToDate.getUTCFullYear()).toBe(2051)
  expect(serial(0).validFromDate.getUTCFullYear()).toBe(1969)
})
