import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { Trouble } from '../doors/errors.ts'
import type { Certificate } from '../doors/tls/own-certificate.ts'
import { makeCertificate } from '../doors/tls/own-certificate.ts'
import type { Machine } from '../kernel/machine.ts'
import { makeFolder, writeWhole } from './file.ts'
import type { TlsSettings } from './settings.ts'

/** So long before its end a certificate of our own is made anew. */
const renewMs = 30 * 24 * 3_600_000

/** The certificate to show now: the one that was given, or this box's own, made or made anew where it must be. */
export function certificateOf(
  folder: string,
  { certificate, key }: TlsSettings,
  machine: Pick<Machine, 'clock' | 'random'>,
): Certificate {
  if (certificate !== undefined && key !== undefined) return given(certificate, key)
  const own = { certificate: join(folder, 'tls', 'own.crt'), key: join(folder, 'tls', 'own.key') }
  const hosts = hostsOf()
  if (isGood(own, hosts, machine.clock.wall())) return read(own)
  const made = makeCertificate({
    name: hostname(),
    hosts,
    now: machine.clock.wall(),
    random: machine.random,
  })
  makeFolder(join(folder, 'tls'))
  writeWhole(own.key, made.key, 0o600)
  writeWhole(own.certificate, made.certificate, 0o644)
  return made
}

/** Changes when a certificate that was given is replaced, as tools that renew them do. */
export const stampOf = ({ certificate }: TlsSettings): number =>
  certificate === undefined ? 0 : (statSync(certificate, { throwIfNoEntry: false })?.mtimeMs ?? 0)

type Files = { readonly certificate: string; readonly key: string }

const read = (files: Files): Certificate => ({
  certificate: readFileSync(files.certificate, 'utf8'),
  key: readFileSync(files.key, 'utf8'),
})

function given(certificate: string, key: string): Certificate {
  try {
    const found = read({ certificate, key })
    // Throws unless it is one.
    void new X509Certificate(found.certificate).subject
    return found
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw Trouble.of('certificate_unreadable', { file: certificate, key, reason }, error)
  }
}

function isGood(files: Files, hosts: readonly string[], now: number): boolean {
  if (!existsSync(files.certificate) || !existsSync(files.key)) return false
  try {
    const found = new X509Certificate(readFileSync(files.certificate))
    const names = (found.subjectAltName ?? '').split(', ').length
    const isFor = (host: string) => (found.checkHost(host) ?? found.checkIP(host)) !== undefined
    return found.validToDate.getTime() - renewMs > now && names >= hosts.length && hosts.every(isFor)
  } catch {
    return false
  }
}

/** The names and addresses of this machine, on its LAN and to itself. */
function hostsOf(): readonly string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    // Link-local addresses of IPv6 come and go, and no browser can be given one.
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address }) => address)
  const name = hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, '-')
  return [...new Set([name, `${name}.local`, 'localhost', ...addresses])]
}
