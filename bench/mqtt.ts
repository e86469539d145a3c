import { join } from 'node:path'
import { realMachine, standardError } from '../src/cli/machine.ts'
import { openMqtt } from '../src/doors/mqtt/door.ts'
import { usualMqtt } from '../src/doors/mqtt/limits.ts'
import { know } from '../src/kernel/pack/kinds.ts'
import { kernelPack } from '../src/kernel/site/kernel-pack.ts'
import { MailboxThread } from '../src/store/mailbox-thread.ts'
import { fairWithTopics } from '../src/world/fair/topics.ts'
import { callsPerSecond } from './parts/callers.ts'
import { FairBox, site } from './parts/fair-box.ts'
import { figure, percentile } from './parts/figure.ts'
import { inFolder } from './parts/folder.ts'
import { Publisher } from './parts/mqtt-publisher.ts'
import type { Beside, Row } from './parts/row.ts'
import { row } from './parts/row.ts'
import { startMosquitto } from './peers/mosquitto.ts'

const clients = 50
const rounds = 5
const roundMs = 2_000

type Measured = { readonly rates: number[]; readonly waits: number[] }
type Says = (client: number, count: number) => readonly [topic: string, payload: string]

const read: Says = (client, count) => [
  `gates/g${client}/read`,
  JSON.stringify({ tag: 'ada', at: count, hits: count }),
]
const lamp: Says = (client, count) => [`lamps/l${client}/set`, JSON.stringify({ on: true, n: count })]

/**
 * Messages of QoS 1, each device waiting for its PUBACK: records that have an identity, and messages that wait for a session
 * that is away; beside a broker that keeps the same messages for such a session, and does not wait for the disk.
 */
export async function mqtt(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    await using fair = await FairBox.keeper(join(folder, 'box'))
    const machine = realMachine(standardError('error'))
    const door = await openMqtt({
      box: fair.box,
      known: know(kernelPack, [fairWithTopics]),
      machine,
      mailbox: new MailboxThread(join(folder, 'mqtt.db'), machine.timers),
      deviceOf: async ({ clientId }) => ({
        kind: 'device',
        who: `device ${clientId}`,
        id: clientId,
        site,
        may: () => true,
      }),
      limits: { ...usualMqtt, messagesPerSecond: 100_000, queuedMessages: 1e9, queuedBytes: 1e12 },
      host: '127.0.0.1',
      port: 0,
      wsPort: undefined,
    })
    await using peer = await startMosquitto(folder)
    await Publisher.leaveSession(door.port ?? 0, 'screen', 'lamps/#')
    if (peer) await Publisher.leaveSession(peer.port, 'screen', 'lamps/#')
    const own = await publishers(door.port ?? 0)
    const theirs = peer ? await publishers(peer.port) : []
    const [records, passed, kept]: [Measured, Measured, Measured] = [blank(), blank(), blank()]
    for (let number = 0; number < rounds; number += 1) {
      await round(own, read, records)
      await round(own, lamp, passed)
      if (theirs.length > 0) await round(theirs, lamp, kept)
    }
    for (const each of [...own, ...theirs]) each[Symbol.dispose]()
    await door.close()
    const beside = (unit: string, values: readonly number[]): Beside =>
      peer
        ? { name: peer.name, figure: figure(unit, values) }
        : { name: 'Mosquitto', figure: { missing: 'apt-get install mosquitto' } }
    return [
      row(
        `MQTT QoS 1 to records, ${clients} devices`,
        figure('messages/s', records.rates),
        undefined,
        beside('messages/s', kept.rates),
      ),
      row('the same, to the PUBACK, p99', figure('ms', records.waits), undefined, beside('ms', kept.waits)),
      row(
        `MQTT QoS 1 for a session that is away, ${clients} devices`,
        figure('messages/s', passed.rates),
        undefined,
        beside('messages/s', kept.rates),
      ),
      row('the same, to the PUBACK, p99', figure('ms', passed.waits), undefined, beside('ms', kept.waits)),
    ]
  })
}

const blank = (): Measured => ({ rates: [], waits: [] })
const counts = new Map<string, number>()

const publishers = (port: number) =>
  Promise.all(Array.from({ length: clients }, (_, client) => Publisher.open(port, `device-${client}`)))

async function round(all: readonly Publisher[], says: Says, measured: Measured): Promise<void> {
  const waits: number[] = []
  const rate = await callsPerSecond(all.length, roundMs, async (client) => {
    const from = performance.now()
    const [topic] = says(client, 0)
    const count = (counts.get(topic) ?? 0) + 1
    counts.set(topic, count)
    await all[client]?.publish(...says(client, count))
    waits.push(performance.now() - from)
  })
  measured.rates.push(rate)
  measured.waits.push(
    percentile(
      waits.toSorted((a, b) => a - b),
      99,
    ),
  )
}
