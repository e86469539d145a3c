import type { KeyObject } from 'node:crypto'
import { createPublicKey, generateKeyPairSync, hash, sign } from 'node:crypto'
import { isIP } from 'node:net'
import type { Random } from '../../kernel/machine.ts'
import { bits, flag, integer, octets, oid, sequence, set, tagged, time, utf8 } from './der.ts'

const day = 24 * 3_600_000
/** Browsers take no certificate that holds for longer. */
export const ownDays = 397

export type Certificate = { readonly key: string; readonly certificate: string }

/** As servers of Node take it. */
export const tlsOf = ({ key, certificate }: Certificate) => ({ key, cert: certificate })

type Wanted = {
  readonly name: string
  /** Host names and addresses under which the box is reached. */
  readonly hosts: readonly string[]
  /** Milliseconds since 1970; a box without a clock knows no better than its build. */
  readonly now: number
  readonly random: Random
}

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'))

/**
 * A certificate that the box signs itself (X.509 v3, P-256): what travels is hidden, and who trusts the box's
 * certificate once is warned when another stands in its place.
 */
export function makeCertificate({ name, hosts, now, random }: Wanted): Certificate {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const who = sequence(set(sequence(oid('2.5.4.3'), utf8(name.slice(0, 64)))))
  const serial = Buffer.from(random.bytes(16))
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const toSign = sequence(
    tagged(0, true, integer(Buffer.of(2))),
    integer(serial),
    ecdsaWithSha256,
    who,
    // Clocks differ, and a box may be a day behind.
    sequence(time(now - day), time(now + (ownDays - 1) * day)),
    who,
    publicKey,
    tagged(3, true, sequence(...extensions(hosts, publicKey))),
  )
  const certificate = sequence(toSign, ecdsaWithSha256, bits(sign('sha256', toSign, privateKey)))
  return { key: pemOf(privateKey), certificate: pem('CERTIFICATE', certificate) }
}

function extensions(hosts: readonly string[], publicKey: Uint8Array): readonly Buffer[] {
  const extension = (id: string, critical: boolean, value: Buffer) =>
    sequence(oid(id), ...(critical ? [flag(true)] : []), octets(value))
  const names = hosts.map((host) =>
    isIP(host) === 0 ? tagged(2, false, Buffer.from(host)) : tagged(7, false, addressBytes(host)),
  )
  return [
    // No authority: what trusts it, trusts this box and signs nobody else.
    extension('2.5.29.19', true, sequence()),
    // To sign with, and nothing else.
    extension('2.5.29.15', true, bits(Buffer.of(0x80), 7)),
    extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.14', false, octets(Buffer.from(hash('sha1', publicKey, 'hex'), 'hex'))),
    extension('2.5.29.17', false, sequence(...names)),
  ]
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail] = address.split('::')
  const words = (text: string) =>
    text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16))
  const [first, last] = [words(head), words(tail ?? '')]
  const gap = tail === undefined ? [] : Array.from({ length: 8 - first.length - last.length }, () => 0)
  return Buffer.from([...first, ...gap, ...last].flatMap((word) => [word >> 8, word & 255]))
}

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()

function pem(what: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${what}-----\n${lines.join('\n')}\n-----END ${what}-----\n`
}
