import type { Reader } from './reader.ts'
import { Malformed } from './reader.ts'
import { reason } from './reasons.ts'

/** Properties of MQTT 5 by our names: their numbers, and how they are written. */
const table = {
  payloadFormat: [0x01, 'byte'],
  expiry: [0x02, 'long'],
  contentType: [0x03, 'text'],
  responseTopic: [0x08, 'text'],
  correlation: [0x09, 'bytes'],
  subscription: [0x0b, 'varying'],
  sessionExpiry: [0x11, 'long'],
  assignedClient: [0x12, 'text'],
  serverKeepAlive: [0x13, 'short'],
  method: [0x15, 'text'],
  methodData: [0x16, 'bytes'],
  wantsProblems: [0x17, 'byte'],
  willDelay: [0x18, 'long'],
  wantsResponse: [0x19, 'byte'],
  responseInformation: [0x1a, 'text'],
  serverReference: [0x1c, 'text'],
  problem: [0x1f, 'text'],
  receiveMaximum: [0x21, 'short'],
  aliasMaximum: [0x22, 'short'],
  alias: [0x23, 'short'],
  maximumQos: [0x24, 'byte'],
  retains: [0x25, 'byte'],
  user: [0x26, 'pair'],
  maximumPacket: [0x27, 'long'],
  wildcards: [0x28, 'byte'],
  numbers: [0x29, 'byte'],
  shared: [0x2a, 'byte'],
} as const

type Table = typeof table
export type PropertyName = keyof Table
type Kind = Table[PropertyName][1]
type Single = { byte: number; short: number; long: number; varying: number; text: string; bytes: Uint8Array }

/** A user property may come several times, and so may the number of a subscription in what the box sends. */
export type Properties = {
  readonly [Name in Exclude<PropertyName, 'user' | 'subscription'>]?:
    | Single[Exclude<Table[Name][1], 'pair'>]
    | undefined
} & {
  readonly user?: readonly (readonly [string, string])[] | undefined
  readonly subscription?: readonly number[] | undefined
}

const byNumber = new Map<number, PropertyName>(
  Object.entries(table).map(([name, [number]]) => [number, name as PropertyName]),
)
const yesOrNo: ReadonlySet<PropertyName> = new Set(['payloadFormat', 'wantsProblems', 'wantsResponse'])
const notZero: ReadonlySet<PropertyName> = new Set(['receiveMaximum', 'maximumPacket', 'subscription'])

/** What stands in a packet; only what may stand there, each once, user properties aside. */
export function readProperties(reader: Reader, allowed: readonly PropertyName[]): Properties {
  const size = reader.varying()
  const end = reader.left - size
  if (end < 0) throw new Malformed('properties that are longer than their packet')
  const found: Record<string, unknown> = {}
  const user: (readonly [string, string])[] = []
  while (reader.left > end) {
    const name = byNumber.get(reader.varying())
    if (name === undefined || !allowed.includes(name))
      throw new Malformed('a property that does not belong there', reason.protocolError)
    if (name === 'user') {
      user.push([reader.text(), reader.text()])
      continue
    }
    if (Object.hasOwn(found, name)) throw new Malformed(`${name} twice`, reason.protocolError)
    const value = readOne(reader, table[name][1])
    if ((notZero.has(name) && value === 0) || (yesOrNo.has(name) && Number(value) > 1))
      throw new Malformed(`${name} of ${String(value)}`, reason.protocolError)
    found[name] = name === 'subscription' ? [value] : value
  }
  if (reader.left < end) throw new Malformed('a property that is longer than its properties')
  return user.length > 0 ? { ...found, user } : found
}

function readOne(reader: Reader, kind: Exclude<Kind, 'pair'>): unknown {
  switch (kind) {
    case 'byte':
      return reader.byte()
    case 'short':
      return reader.short()
    case 'long':
      return reader.long()
    case 'varying':
      return reader.varying()
    case 'text':
      return reader.text()
    case 'bytes':
      return reader.bytes()
  }
}

export function writeProperties(properties: Properties): Buffer {
  const parts: Buffer[] = []
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue
    const [number, kind] = table[name as PropertyName]
    for (const each of kind === 'pair' || kind === 'varying' ? (value as readonly unknown[]) : [value])
      parts.push(Buffer.from([number]), writeOne(kind, each))
  }
  const all = Buffer.concat(parts)
  return Buffer.concat([varying(all.length), all])
}

function writeOne(kind: Kind, value: unknown): Buffer {
  switch (kind) {
    case 'byte':
      return Buffer.from([Number(value)])
    case 'short':
      return short(Number(value))
    case 'long':
      return Buffer.from([24, 16, 8, 0].map((shift) => (Number(value) >>> shift) & 255))
    case 'varying':
      return varying(Number(value))
    case 'text':
      return text(String(value))
    case 'bytes':
      return sized(value as Uint8Array)
    case 'pair':
      return Buffer.concat((value as readonly string[]).map(text))
  }
}

export const short = (value: number): Buffer => Buffer.from([(value >> 8) & 255, value & 255])
export const sized = (bytes: Uint8Array): Buffer => Buffer.concat([short(bytes.length), bytes])
export const text = (value: string): Buffer => sized(Buffer.from(value))

export function varying(value: number): Buffer {
  const bytes: number[] = []
  let left = value
  do {
    bytes.push((left % 128) + (left >= 128 ? 128 : 0))
    left = Math.floor(left / 128)
  } while (left > 0)
  return Buffer.from(bytes)
}
