import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { realMachine, standardError } from '../src/cli/machine.ts'
import { openMqtt } from '../src/doors/mqtt/door.ts'
import { usualMqtt } from '../src/doors/mqtt/limits.ts'
import { know } from '../src/kernel/pack/kinds.ts'
import { kernelPack } from '../src/kernel/site/kernel-pack.ts'
import { MailboxThread } from '../src/store/mailbox-thread.ts'
import { fairWithTopics } from '../src/world/fair/topics.ts'
import { FairBox, site } from './parts/fair-box.ts'
import { figure } from './parts/figure.ts'
import { inFolder } from './parts/folder.ts'
import { Devices } from './parts/mqtt-devices.ts'
import type { Kind } from './parts/mqtt-words.ts'
import type { Beside, Row } from './parts/row.ts'
import { row } from './parts/row.ts'
import { until } from './parts/time.ts'
import { startMosquitto } from './peers/mosquitto.ts'

const count = 50
const rounds = 5
const roundMs = 2_000
/** Messages of a device under way: what many clients allow, and as few as can be. */
const windows = { many: 20, one: 1 }

class Measured {
  readonly rates: number[] = []
  readonly waits: number[] = []
  readonly cpu: number[] = []
}

/** CPU of a process so far, in microseconds. */
type Cpu = () => number

/**
 * Messages of QoS 1: records that have an identity, and messages that wait for a session that is away; beside a broker
 * that keeps the same messages for such a session, and does not wait for the disk. CPU counts until a box has the records in
 * its log and its views, too.
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
    await using own = await Devices.connect(door.port ?? 0, count)
    await using theirs = peer && (await Devices.connect(peer.port, count))
    const settled = () => until('all is in the views', () => fair.status.unsent + fair.status.viewLag === 0)
    const [records, singly, passed, kept, keptSingly] = Array.from({ length: 5 }, () => new Measured()) as [
      Measured,
      Measured,
      Measured,
      Measured,
      Measured,
    ]
    for (let number = 0; number < rounds; number += 1) {
      await round(own, ['records', windows.many], records, ownCpu, settled)
      await round(own, ['records', windows.one], singly, ownCpu, settled)
      await own.leaveSession()
      await round(own, ['messages', windows.many], passed, ownCpu)
      if (!theirs || !peer) continue
      const cpu = () => cpuOf(peer.pid)
      for (const [window, measured] of [
        [windows.many, kept],
        [windows.one, keptSingly],
      ] as const) {
        await theirs.leaveSession()
        await round(theirs, ['messages', window], measured, cpu)
      }
    }
    await door.close()
    const beside = (unit: string, values: readonly number[], ratio?: number): Beside =>
      peer
        ? { name: peer.name, figure: figure(unit, values), ratio }
        : { name: 'Mosquitto', figure: { missing: 'apt-get install mosquitto' } }
    const rows = (name: string, ours: Measured, peers: Measured, ratio?: number): readonly Row[] => [
      row(name, figure('messages/s', ours.rates), undefined, beside('messages/s', peers.rates, ratio)),
      row('the same, to the PUBACK, p99', figure('ms', ours.waits), undefined, beside('ms', peers.waits)),
      row('the same, CPU a message', figure('µs', ours.cpu), undefined, beside('µs', peers.cpu)),
    ]
    const who = (window: number) => `${count} devices, ${window} under way`
    return [
      ...rows(`MQTT QoS 1 to records, ${who(windows.many)}`, records, kept, 0.7),
      ...rows(`MQTT QoS 1 for a session that is away, ${who(windows.many)}`, passed, kept, 0.7),
      ...rows(`MQTT QoS 1 to records, ${who(windows.one)}`, singly, keptSingly),
    ]
  })
}

async function round(
  devices: Devices,
  [kind, window]: readonly [Kind, number],
  measured: Measured,
  cpu: Cpu,
  settled: () => Promise<void> = async () => {},
): Promise<void> {
  const before = cpu()
  const { rate, messages, p99 } = await devices.publish(kind, window, roundMs)
  await settled()
  measured.rates.push(rate)
  measured.waits.push(p99)
  measured.cpu.push((cpu() - before) / messages)
}

function ownCpu(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Linux counts in hundredths of a second. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [user = '0', system = '0'] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
  return (Number(user) + Number(system)) * 10_000
}
