import type { NetworkInterfaceInfo } from 'node:os'
import { networkInterfaces } from 'node:os'

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
  const written = name.includes(':') ? `[${name}]` : name
  return `http://${written}${port === 80 ? '' : `:${port}`}/`
}

function lanAddress(interfaces: Interfaces): string {
  const found = Object.entries(interfaces).flatMap(([name, all]) =>
    (all ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => ({ address, rank: rankOf(name, address) })),
  )
  const [best] = found.toSorted((a, b) => a.rank - b.rank)
  return best?.address ?? 'localhost'
}

function rankOf(name: string, address: string): number {
  if (virtual.test(name)) return 3
  if (address.startsWith('169.254.')) return 2
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address) ? 0 : 1
}
