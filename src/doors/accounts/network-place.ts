import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** Where plain HTTP, PINs and passwords alone are good enough: this machine and private networks. */
const near = new BlockList()
for (const [net, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
] as const)
  near.addSubnet(net, prefix, 'ipv4')
near.addAddress('::1', 'ipv6')
near.addSubnet('fc00::', 7, 'ipv6')
near.addSubnet('fe80::', 10, 'ipv6')

export function isNear(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (isIPv4(plain)) return near.check(plain, 'ipv4')
  return isIPv6(plain) && near.check(plain, 'ipv6')
}

/** The same of somebody who asks, as far as that is known: not where another asks for him whom nobody believes. */
export const isClose = ({
  address,
  relayed,
}: {
  readonly address: string
  readonly relayed?: boolean | undefined
}): boolean => relayed !== true && isNear(address)
