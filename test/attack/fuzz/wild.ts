import type { Dice } from '../../../src/world/random.ts'

/** A JSON schema, as far as what is made up by it goes. */
export type Schema = {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly minimum?: number
  readonly maximum?: number
}

/** What programs choke on. */
const oddities: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  0,
  -0,
  -1,
  1e308,
  -1e308,
  2 ** 53,
  0.1,
  [],
  {},
  [[[[[]]]]],
  '\0',
  '\ud800',
  '\u202e',
  "'; DROP TABLE facts; --",
  '../../etc/passwd',
  '{site}',
  '=1+1',
  'a'.repeat(5000),
  '1970-01-01T00:00:00Z',
  '٣',
  { toString: 1, valueOf: 2 },
  { valueOf: 'x' },
]
const names = [
  '__proto__',
  'constructor',
  'prototype',
  'toJSON',
  'length',
  'site',
  'id',
  'key',
  '',
  '$ref',
  'é',
]

/** A value for a schema: right for the most part, and odd in one place or many. */
export function wild(dice: Dice, schema: Schema, oddness: number, depth = 0): unknown {
  if (dice.chance(oddness)) return dice.pick(oddities)
  const one = schema.anyOf ? dice.pick(schema.anyOf) : schema
  if (one.enum) return dice.pick(one.enum)
  if (one.const !== undefined) return one.const
  const type = typeof one.type === 'object' ? dice.pick(one.type) : one.type
  switch (type) {
    case 'string':
      return text(dice)
    case 'integer':
      return dice.int(Math.max(-5, one.minimum ?? -5), Math.min(10_000, one.maximum ?? 10_000))
    case 'number':
      return dice.part() * 1000
    case 'boolean':
      return dice.chance(0.5)
    case 'null':
      return null
    case 'array':
      return Array.from({ length: dice.int(0, 3) }, () => wild(dice, one.items ?? {}, oddness, depth + 1))
    case 'object':
      return object(dice, one, oddness, depth)
    default:
      return depth > 3 ? 1 : dice.pick([1, 'x', object(dice, one, oddness, depth), null])
  }
}

function object(dice: Dice, { properties = {} }: Schema, oddness: number, depth: number): unknown {
  // Not by assignment: `__proto__` shall be a field like others.
  const fields = Object.entries(properties)
    .filter(() => !dice.chance(oddness / 2))
    .map(([name, inner]) => `${JSON.stringify(name)}:${json(wild(dice, inner, oddness, depth + 1))}`)
  if (dice.chance(oddness)) fields.push(`${JSON.stringify(dice.pick(names))}:${json(dice.pick(oddities))}`)
  return JSON.parse(`{${fields.join(',')}}`) as unknown
}

export const json = (value: unknown): string => JSON.stringify(value) ?? 'null'

const letters = Array.from('abcdefghij0123456789-._ éßø漢')

function text(dice: Dice): string {
  const kind = dice.int(0, 4)
  if (kind === 0) return dice.pick(['ada', 'v1', 'crepes', 'fair', 'other', 'UTC', 'viewer'])
  if (kind === 1) return `${dice.int(0, 99_999)}`
  const length = dice.int(1, 20)
  return Array.from({ length }, () => dice.pick(letters)).join('')
}

/** Bytes that were something once. */
export function mutated(dice: Dice, bytes: Uint8Array): Buffer {
  let made = Buffer.from(bytes)
  for (let times = dice.int(1, 4); times > 0; times -= 1) {
    const at = dice.int(0, Math.max(0, made.length - 1))
    const to = dice.int(at, made.length)
    switch (dice.int(0, 5)) {
      case 0:
        made[at] = dice.int(0, 255)
        break
      case 1:
        made = made.subarray(0, at)
        break
      case 2:
        made = Buffer.concat([made.subarray(0, to), made.subarray(at)])
        break
      case 3:
        made = Buffer.concat([made.subarray(0, at), made.subarray(to)])
        break
      case 4:
        made = Buffer.concat([made.subarray(0, at), Buffer.of(dice.int(0, 255)), made.subarray(at)])
        break
      default:
        if (made.length > 0) made[at] = (made[at] ?? 0) ^ (1 << dice.int(0, 7))
    }
  }
  return made
}
