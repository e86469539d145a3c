import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net'

/** Whoever is at the other end of a request, as far as those in between can be believed. */
export type Caller = {
  /** Without a zone, and IPv4 as IPv4; empty where nobody knows it any more. */
  readonly address: string
  readonly secure: boolean
  /** As he calls this box, with the port if he named one. */
  readonly host: string
  /** Somebody in between asks for another, and who that is is not known: he is not taken to be near. */
  readonly relayed: boolean
}

/** Whether a proxy's word counts, by its address. */
export type Trusts = (address: string) => boolean

export const trustsNobody: Trusts = () => false

/** What a request shows of where it came from; node's own has all of it. */
export type Arrived = {
  readonly headers: IncomingHttpHeaders
  readonly socket: {
    readonly remoteAddress?: string | undefined
    readonly encrypted?: boolean | undefined
  }
}

const network = /^(.+)\/(\d{1,3})$/
const hostForm = /^(?:[\w.-]{1,255}|\[[\d:A-Fa-f.]{2,45}\])(?::\d{1,5})?$/
const forwarding = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded'] as const

/** Addresses and networks, as they are typed: `10.0.0.7`, `fd00::/8`. Undefined where one of them is neither. */
export function trustsOf(list: readonly string[]): Trusts | undefined {
  const believed = new BlockList()
  for (const each of list) {
    const [, base, prefix] = network.exec(each) ?? []
    const address = base ?? each
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    const bits = Number(prefix ?? (family === 'ipv4' ? 32 : 128))
    const isGood = family === 'ipv4' ? bits <= 32 : isIPv6(address) && !address.includes('%') && bits <= 128
    if (!isGood) return undefined
    believed.addSubnet(address, bits, family)
  }
  return (address) => address !== '' && believed.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
}

/** Only what a proxy says that is believed counts; of what several have said, the word of the last. */
export function callerOf({ headers, socket }: Arrived, trusts: Trusts): Caller {
  const peer = plainAddress(socket.remoteAddress ?? '') ?? ''
  const secure = socket.encrypted === true
  const host = headers.host ?? ''
  if (!trusts(peer)) {
    return { address: peer, secure, host, relayed: forwarding.some((name) => headers[name] !== undefined) }
  }
  const { address, relayed } = farthest(peer, hopsOf(headers['x-forwarded-for']), trusts)
  const proto = hopsOf(headers['x-forwarded-proto']).at(-1)?.toLowerCase()
  const named = hopsOf(headers['x-forwarded-host']).at(-1)
  return {
    address,
    relayed,
    secure: proto === 'https' || (proto !== 'http' && secure),
    host: named !== undefined && hostForm.test(named) ? named : host,
  }
}

/** Each proxy adds whom it heard: from the nearest outwards, as long as who says so is believed. */
function farthest(
  peer: string,
  hops: readonly string[],
  trusts: Trusts,
): Pick<Caller, 'address' | 'relayed'> {
  let address = peer
  for (const hop of hops.toReversed()) {
    if (!trusts(address)) break
    const next = plainAddress(withoutPort(hop))
    if (next === undefined) return { address, relayed: true }
    address = next
  }
  return { address, relayed: false }
}

function hopsOf(header: string | readonly string[] | undefined): readonly string[] {
  const text = typeof header === 'string' ? header : (header?.join(',') ?? '')
  return text === '' ? [] : text.split(',').map((each) => each.trim())
}

/** Some proxies say the port, too. */
function withoutPort(hop: string): string {
  const [, inBrackets] = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(hop) ?? []
  return inBrackets ?? hop.replace(/^([\d.]+):\d{1,5}$/, '$1')
}

/** One text for one address. */
function plainAddress(text: string): string | undefined {
  if (isIPv4(text)) return text
  const bare = text.replace(/%.*$/, '')
  if (!isIPv6(bare)) return undefined
  const { address } = new SocketAddress({ address: bare, family: 'ipv6' })
  const [, mapped = ''] = /^::ffff:(.+)$/.exec(address) ?? []
  return isIPv4(mapped) ? mapped : address
}
