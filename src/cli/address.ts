import type { NetworkInterfaceInfo } from 'node:os'
import { networkInterfaces } from 'node:os'
import type { Reachable } from '../doors/accounts/reach.ts'

export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/** Every address of the machine: IPv6 takes IPv4 along, except on a machine that has no IPv6. */
export function everyAddress(interfaces: Interfaces = networkInterfaces()): string {
  const hasIPv6 = Object.values(interfaces).some((all) => all?.some(({ family }) => family === 'IPv6'))
  return hasIPv6 ? '::' : '0.0.0.0'
}

/** Interfaces of containers, virtual machines and tunnels: nobody on the LAN reaches the box through them. */
const virtual = /^(br-|cni|docker|flannel|podman|tailscale|tun|utun|vbox|veth|virbr|vmnet|wg|zt)/

/** What a person on the LAN types to reach a box that listens on `host`. */
export function addressForPeople(
  host: string | undefined,
  port: number,
  interfaces: Interfaces = networkInterfaces(),
): string {
  const name = host === undefined || host === '::' || host === '0.0.0.0' ? lanAddress(interfaces) : host
  return urlOf(name, false, port)
}

const lanAddress = (interfaces: Interfaces): string => lanAddresses(interfaces)[0] ?? 'localhost'

/** Those that others may reach, the best first. */
function lanAddresses(interfaces: Interfaces): readonly string[] {
  const found = Object.entries(interfaces).flatMap(([name, all]) =>
    (all ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => ({ address, rank: rankOf(name, address) })),
  )
  return found.toSorted((a, b) => a.rank - b.rank).map(({ address }) => address)
}

/** Where a browser sets this box up. The code stands behind the #, which no browser sends anywhere. */
export function setupAddress(
  { host }: { readonly host: string | undefined },
  { http }: Pick<Ports, 'http'>,
  code = '',
): string {
  return `${addressForPeople(host, http)}setup${code === '' ? '' : `#${code}`}`
}

export type Ports = {
  readonly http: number
  readonly https: number | undefined
  /** Browsers take the certificate without asking. */
  readonly isTrusted: boolean
}

/** Every way to a box that listens on `host`, the best first: HTTPS where no browser warns of it, else HTTP. */
export function waysTo(
  host: string | undefined,
  { http, https, isTrusted }: Ports,
  interfaces: Interfaces = networkInterfaces(),
): readonly Reachable[] {
  const isEvery = host === undefined || host === '::' || host === '0.0.0.0'
  const names = isEvery ? lanAddresses(interfaces) : [host]
  const schemes = [
    { secure: false, port: http },
    ...(https === undefined ? [] : [{ secure: true, port: https }]),
  ].toSorted((a, b) => (isTrusted ? Number(b.secure) - Number(a.secure) : 0))
  return names.flatMap((address) =>
    schemes.map(({ secure, port }) => ({
      url: urlOf(address, secure, port),
      secure,
      address,
      port,
      lan: !/^(?:localhost|127\.|::1$)/.test(address),
    })),
  )
}

function urlOf(address: string, secure: boolean, port: number): string {
  const name = address.includes(':') ? `[${address}]` : address
  const usual = secure ? 443 : 80
  return `${secure ? 'https' : 'http'}://${name}${port === usual ? '' : `:${port}`}/`
}

function rankOf(name: string, address: string): number {
  if (virtual.test(name)) return 3
  if (address.startsWith('169.254.')) return 2
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address) ? 0 : 1
}
