import type { Dice } from '../../../src/world/random.ts'
import type { Ending } from './line.ts'
import { Line } from './line.ts'
import type { Script } from './mqtt-sessions.ts'
import { aScript } from './mqtt-sessions.ts'
import { cut } from './raw-http-door.ts'
import type { Played, Tries } from './tally.ts'
import { diceOf, smallest, Tally, throughAll } from './tally.ts'
import type { Target } from './target.ts'
import { frame, heardIn, opcode, upgradeBytes } from './ws-bytes.ts'

const ping = Buffer.of(0xc0, 0)
/** Of one device; it may have four. */
const linesOfOne = 3
/** What a good client is surely answered, on whatever machine. */
const owedMs = 30_000

/** Sessions of devices in which something is wrong, by TCP and by WebSocket. */
export async function attackMqtt(target: Target, tries: Tries): Promise<Tally> {
  const tally = new Tally('mqtt')
  return throughAll(tries, target.devices.length * linesOfOne, tally, async (index, slot) => {
    const dice = diceOf(tries, tally.door, index)
    const device = target.devices[slot % target.devices.length]
    if (!device) throw new Error('no device for this slot')
    const lane = Math.floor(slot / target.devices.length)
    const script = aScript(dice, device, index, lane)
    const over = dice.chance(0.25) ? 'websocket' : 'tcp'
    const [outcome, wrong] = await play(target, over, partsOf(dice, script), script)
    tally.saw(outcome)
    if (wrong === undefined) return
    const isWrong = async (packets: readonly Uint8Array[]) =>
      (
        await play(target, over, [[...packets, ping]], { ...script, packets, good: 0, records: new Map() })
      )[1] !== undefined
    const few = target.ended === undefined ? await smallest(script.packets, isWrong) : script.packets
    const hex = few.map((packet) => Buffer.from(packet).toString('hex').slice(0, 400))
    tally.wrong(index, `${wrong} over ${over} as ${device.id}: ${hex.join(' ')}`)
  })
}

/** All at once, or what is good first, and the rest when that is answered; in segments as they fall. */
function partsOf(dice: Dice, { packets, good }: Script): readonly (readonly Uint8Array[])[] {
  const at = dice.chance(0.5) ? good : 0
  const parts = [packets.slice(0, at), [...packets.slice(at), ping]]
  return parts.filter(({ length }) => length > 0).map((part) => cut(dice, Buffer.concat(part)))
}

async function play(
  target: Target,
  over: 'tcp' | 'websocket',
  parts: readonly (readonly Uint8Array[])[],
  { version, good, records }: Script,
): Promise<Played> {
  const isWeb = over === 'websocket'
  const line = new Line(isWeb ? target.mqttWs : target.mqtt)
  if (isWeb) {
    await line.say([upgradeBytes('/mqtt', ['Sec-WebSocket-Protocol: mqtt'])])
    await line.until((heard) => heard.includes('\r\n\r\n'), 10_000)
  }
  let packets: readonly Packet[] = []
  const count = (wanted: number) => packets.filter(({ type }) => type === wanted).length
  // By WebSocket the box says so, and waits for a word that this client does not say.
  const isShut = (heard: Buffer) =>
    isWeb && heardIn(heard).frames.some((each) => each.opcode === opcode.close)
  const isPaid = (heard: Buffer) => {
    packets = packetsIn(isWeb ? bytesIn(heard) : heard)
    return isShut(heard) || good === 0 || (count(2) > 0 && count(4) >= records.size)
  }
  let paid: Ending = 'done'
  for (const pieces of parts) {
    await line.say(isWeb ? pieces.map((piece) => frame(piece, { opcode: opcode.bytes })) : pieces)
    paid = await line.until(isPaid, owedMs)
  }
  const ending = await line.until((heard) => isShut(heard) || (isPaid(heard) && count(13) > 0))
  line.cut()
  for (const { type, body } of packets) {
    const name = type === 4 && (body[2] ?? 0) === 0 ? records.get(body.readUInt16BE(0)) : undefined
    if (name !== undefined) target.acked.recorded(name)
  }
  if (target.ended !== undefined) return ['died', target.ended]
  const isEnded = ending === 'closed' || isShut(line.heard)
  if (paid === 'waits') return ['owed', `no answer to what was good in it within ${owedMs} ms`]
  const said = packets.at(-1)
  const refused = packets.find(({ type }) => type === 2)?.body[1] ?? -1
  const word =
    refused > 0
      ? `CONNACK ${refused}`
      : said?.type === 14
        ? `DISCONNECT ${said.body[0]}`
        : isEnded
          ? 'closed'
          : ending
  return [`${version} ${word}`]
}

const bytesIn = (heard: Buffer): Buffer =>
  Buffer.concat(heardIn(heard).frames.flatMap((each) => (each.opcode === opcode.bytes ? each.payload : [])))

type Packet = { readonly type: number; readonly body: Buffer }

function packetsIn(bytes: Buffer): readonly Packet[] {
  const found: Packet[] = []
  let start = 0
  for (;;) {
    let [size, at] = [0, start + 1]
    for (let shift = 0; ; shift += 7, at += 1) {
      const next = bytes[at]
      if (next === undefined) return found
      size |= (next & 127) << shift
      if (next < 128) break
    }
    const end = at + 1 + size
    if (bytes.length < end) return found
    found.push({ type: (bytes[start] ?? 0) >> 4, body: bytes.subarray(at + 1, end) })
    start = end
  }
}
