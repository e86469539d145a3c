import type { Dice } from '../../../src/world/random.ts'
import { nameOf } from '../../crash/log-reading.ts'
import { bytes } from '../../mqtt/raw-client.ts'
import type { Target } from './target.ts'
import type { Schema } from './wild.ts'
import { json, mutated, wild } from './wild.ts'

/** What a client says, packet by packet, and what of it must have been kept where it is acknowledged. */
export type Script = {
  readonly version: 4 | 5
  readonly packets: readonly Uint8Array[]
  /** So many of the first are as a good client says them. */
  readonly good: number
  /** Records that stand before anything strange, by the number of their packet. */
  readonly records: ReadonlyMap<number, string>
}

type Device = Target['devices'][number]

/** A session as a good client would have it, in which something is then made wrong. */
export function aScript(dice: Dice, device: Device, index: number, lane = 0): Script {
  const version = dice.pick([4, 5] as const)
  const names = new Map<number, string>()
  const connect = aConnect(dice, device, version, lane)
  const rest = Array.from({ length: dice.int(1, 5) }, (_, at) => {
    const id = at + 1
    if (!dice.chance(0.35)) return aPacket(dice, version, id, device.id)
    const gate = `f${index}`
    names.set(id, nameOf(gate, id))
    return bytes.publish(version, `gates/${gate}/read`, json({ tag: 'v1', at: 1, hits: id }), id)
  })
  const packets = [connect, ...rest]
  const { made, from } = spoilt(dice, packets, version)
  const records = new Map([...names].filter(([id]) => id < from))
  return { version, packets: made, good: from, records }
}

function aConnect(dice: Dice, { id, token }: Device, version: 4 | 5, lane: number): Buffer {
  const client = dice.chance(0.1) ? `c${dice.int(0, 100_000)}` : `${dice.pick(['a', 'b'])}${lane}`
  const properties =
    version === 5
      ? dice.pick([[], [], [0x11, 0, 0, 0, 60], [0x21, 0, 2], [0x27, 0, 0, 0, 40], [0x19, 1]])
      : []
  const keepAlive = dice.pick([0, 1, 60, 65_535])
  return bytes.connect({
    version,
    id,
    client,
    password: token,
    clean: dice.chance(0.7),
    keepAlive,
    properties,
  })
}

const filters = [
  '#',
  'lamps/#',
  '+/+/set',
  'books/+',
  'notes/+',
  'reply/+/#',
  'tills/+/answer',
  '$SYS/#',
  '$share/a/#',
  'a//b',
  'a#',
  '',
]
const numberOf = { type: 'integer', minimum: -3, maximum: 5 } as const
const texts = { type: 'string' } as const

function aPacket(dice: Dice, version: 4 | 5, id: number, device: string): Buffer {
  const flags = dice.pick([0, 0, 0, 1, 8, 9])
  const body = (properties: Readonly<Record<string, Schema>>, oddness = dice.pick([0, 0.1, 0.5])) =>
    json(wild(dice, { type: 'object', properties }, oddness))
  switch (dice.int(0, 9)) {
    case 0:
      return bytes.publish(
        version,
        `gates/${dice.pick(['n', '', 'é', '\u0001'])}/read`,
        body({ tag: texts, at: numberOf, hits: numberOf }),
        id,
        flags,
      )
    case 1:
      return bytes.publish(
        version,
        `tills/${device}/grant`,
        body({ id: texts, tag: texts, cents: numberOf }),
        id,
        flags,
      )
    case 2:
      return bytes.publish(
        version,
        `lamps/${dice.int(0, 50)}/set`,
        body({ on: { type: 'boolean' }, n: numberOf }),
        id,
        flags,
      )
    case 3:
      return bytes.publish(
        version,
        `notes/${device}`,
        Buffer.alloc(dice.chance(0.05) ? 70_000 : dice.pick([0, 10, 1_000]), dice.bytes(7)),
        id,
        flags & 8,
      )
    case 4:
      return bytes.publish(
        version,
        dice.pick(['nobody/declared', 'books/bank', '#', '', 'a/'.repeat(30), `devices/${device}/status`]),
        'x',
        id,
        flags,
      )
    case 5:
    case 6:
      return bytes.subscribe(version, id, dice.pick(filters), dice.pick([0, 1, 2, 3, 4, 0x10, 0x80]))
    case 7:
      return bytes.puback(dice.pick([id, 0, 65_535]))
    case 8:
      return Buffer.concat([
        Buffer.of(0xa2, version === 5 ? 6 : 5),
        Buffer.of(0, id),
        Buffer.alloc(version === 5 ? 1 : 0),
        Buffer.of(0, 1, 97),
      ])
    default:
      return dice.chance(0.3) ? bytes.disconnect : bytes.ping
  }
}

/** One or two things are made wrong; before `from` nothing is. */
function spoilt(dice: Dice, packets: readonly Uint8Array[], version: 4 | 5) {
  const made = [...packets]
  let from = packets.length
  for (let times = dice.int(1, 2); times > 0; times -= 1) {
    const at = dice.int(0, made.length - 1)
    const packet = Buffer.from(made[at] ?? [])
    from = Math.min(from, at)
    switch (dice.int(0, 9)) {
      case 0:
      case 1:
        made[at] = mutated(dice, packet)
        break
      case 2:
        packet[dice.int(0, packet.length - 1)] = dice.int(0, 255)
        made[at] = packet
        break
      case 3:
        made[at] = Buffer.concat([packet.subarray(0, 1), dice.pick(lengths), packet.subarray(2)])
        break
      case 4:
        made.splice(dice.int(at, made.length), 0, packet)
        break
      case 5:
        made.splice(at, 1)
        made.splice(dice.int(0, made.length), 0, packet)
        from = 0
        break
      case 6:
        made.splice(at, 0, Buffer.of(dice.int(0, 255), 0))
        break
      case 7:
        made.splice(at, 0, dice.bytes(dice.int(1, 40)))
        break
      case 8:
        made.splice(at, 0, withProperties(dice, version))
        break
      default:
        made.splice(
          at,
          0,
          bytes.publish(version, 'notes/x', Buffer.alloc(dice.pick([262_000, 262_144, 300_000])), 9),
        )
    }
    if (made.length === 0) made.push(packet)
  }
  return { made, from }
}

const lengths = [
  Buffer.of(0),
  Buffer.of(1),
  Buffer.of(127),
  Buffer.of(0xff, 0xff, 0xff, 0x7f),
  Buffer.of(0xff, 0xff, 0xff, 0xff, 1),
  Buffer.of(0x80, 0x80, 0x80, 0),
]
const sizes: Readonly<Record<number, number>> = {
  1: 1,
  2: 4,
  11: 1,
  17: 4,
  19: 2,
  23: 1,
  24: 4,
  25: 1,
  33: 2,
  34: 2,
  35: 2,
  36: 1,
  39: 4,
  42: 1,
}

/** A packet of MQTT 5 with properties as they come, whether they belong there or not. */
export function withProperties(dice: Dice, version: 4 | 5): Buffer {
  const all = Array.from({ length: dice.int(0, 4) }, () => {
    const name = dice.chance(0.9) ? dice.int(1, 42) : dice.int(0, 255)
    const size = sizes[name] ?? dice.int(0, 6)
    const text = sizes[name] === undefined ? [0, size] : []
    return Buffer.concat([Buffer.from([name, ...text]), dice.bytes(size)])
  })
  const properties = Buffer.concat(all)
  const block = version === 5 ? Buffer.concat([Buffer.of(properties.length), properties]) : properties
  const topic = Buffer.from('\0\rlamps/odd/set')
  const body = dice.pick([
    Buffer.concat([topic, Buffer.of(0, 77), block, Buffer.from('{"on":true}')]),
    Buffer.concat([Buffer.of(0, 5), block, Buffer.of(0, 1, 35, 1)]),
    Buffer.concat([Buffer.of(0), block]),
  ])
  const first = dice.pick([0x32, 0x33, 0x82, 0xe0, 0x40, 0x10, 0xf0])
  return Buffer.concat([Buffer.of(first, ...varying(body.length)), body])
}

const varying = (value: number): readonly number[] =>
  value < 128 ? [value] : [(value & 127) | 128, value >> 7]
