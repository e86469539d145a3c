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
/** What is acknowledged waits for a disk. */
const patienceMs = 500

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
    const [outcome, wrong] = await play(
      target,
      over,
      cut(dice, Buffer.concat([...script.packets, ping])),
      script,
    )
    tally.saw(outcome)
    if (wrong === undefined) return
    const isWrong = async (packets: readonly Uint8Array[]) =>
      (await play(target, over, [...packets, ping], { ...script, packets }))[1] !== undefined
    const few = target.ended === undefined ? await smallest(script.packets, isWrong) : script.packets
    const hex = few.map((packet) => Buffer.from(packet).toString('hex').slice(0, 400))
    tally.wrong(index, `${wrong} over ${over} as ${device.id}: ${hex.join(' ')}`)
  })
}

async function play(
  target: Target,
  over: 'tcp' | 'websocket',
  pieces: readonly Uint8Array[],
  { version, records }: Script,
): Promise<Played> {
  const isWeb = over === 'websocket'
  const line = new Line(isWeb ? target.mqttWs : target.mqtt)
  if (isWeb) {
    await line.say([upgradeBytes('/mqtt', ['Sec-WebSocket-Protocol: mqtt'])])
    await line.until((heard) => heard.includes('\r\n\r\n'), 10_000)
  }
  const framed = isWeb ? pieces.map((piece) => frame(piece, { opcode: opcode.bytes })) : pieces
  await line.say(framed)
  let packets: readonly Packet[] = []
  const ending = await line.until((heard) => {
    packets = packetsIn(
      isWeb
        ? Buffer.concat(
            heardIn(heard).frames.flatMap((each) => (each.opcode === opcode.bytes ? each.payload : [])),
          )
        : heard,
    )
    const isAnswered = packets.some(({ type }) => type === 13)
    return isAnswered && packets.filter(({ type }) => type === 4).length >= records.size
  }, patienceMs)
  line.cut()
  for (const { type, body } of packets) {
    const name = type === 4 && (body[2] ?? 0) === 0 ? records.get(body.readUInt16BE(0)) : undefined
    if (name !== undefined) target.acked.recorded(name)
  }
  if (target.ended !== undefined) return ['died', target.ended]
  const said = packets.at(-1)
  const refused = packets.find(({ type }) => type === 2)?.body[1] ?? -1
  const word = refused > 0 ? `CONNACK ${refused}` : said?.type === 14 ? `DISCONNECT ${said.body[0]}` : ending
  return [`${version} ${word}`]
}

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
