import { randomInt } from 'node:crypto'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Dice } from '../../src/world/random.ts'
import { brokerName, brokerToken } from '../crash/devices.ts'
import type { RealBox } from '../crash/real-box.ts'
import { freePort } from '../crash/ports.ts'
import { arrived, ledgerProblems, readLog } from './ledger-check.ts'
import { guest, Mosquitto } from './mosquitto.ts'
import type { Does } from './paho.ts'
import { PahoDevice } from './paho.ts'
import { Proxy } from './proxy.ts'
import { Tap } from './tap.ts'
import { startMqttBox } from './tools.ts'

const troubleMs = 10_000
const prefix = 'club/'
const kinds = ['box', 'network', 'broker'] as const
// A broker between them holds nobody back: what the box cannot take at once only waits there.
const every = 0.02
const at = { username: guest.name, password: guest.password, prefix }
const whoOf = (id: string) => `device ${brokerName} for ${id}`

/**
 * SIGTERM: the broker writes down what it holds, so that nothing may be missing from end to end. SIGKILL: it forgets what it
 * has acknowledged itself. Then what counts is what the box has acknowledged to it, and it to the box.
 */
test.each(['SIGTERM', 'SIGKILL'] as const)(
  'MQTT-17 MQTT-19 the broker of the site ended by %s, network and box killed: what was acknowledged is there, and counts once',
  async (signal) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'regie-site-broker-'))
    const seed = process.env['REGIE_CRASH_SEED'] ?? String(randomInt(1_000_000))
    console.log(`site broker crash test, ${signal}, seed ${seed}`)
    const dice = new Dice(seed)
    const broker = new Mosquitto({ folder: folder.path, port: await freePort(dice) })
    await broker.start()
    const tap = new Tap()
    const proxy = new Proxy(broker.port, tap)
    const { username, password } = at
    const address = { host: '127.0.0.1', port: await proxy.open() }
    const options = {
      ...address,
      username,
      password,
      prefix,
      token: brokerToken,
      devices: ['grant-4', 'grant-5'],
    }
    const { box, port } = await startMqttBox(folder.path, dice, ['--site-broker', JSON.stringify(options)])
    const there = (does: Does, version: 4 | 5) =>
      new PahoDevice({ id: idOf(does, `${version}`), does, version, port: broker.port, at, every })
    const here = (does: Does, version: 4 | 5) =>
      new PahoDevice({ id: idOf(does, `here-${version}`), does, version, port, every })
    const listeners = [there('listen', 5), here('listen', 4)]
    const [ofThere, ofHere] = [
      [there('read', 4), there('read', 5), there('grant', 4), there('grant', 5), there('lamp', 4)],
      [here('lamp', 5)],
    ]
    const senders = [...ofThere, ...ofHere]
    const done = { box: 0, network: 0, broker: 0 }
    try {
      // Before that a broker acknowledges what nobody has asked it for, and drops it.
      await tap.subscribed
      for (const group of [listeners, senders]) {
        for (const device of group) device.start()
        await Promise.all(group.map((device) => device.ready()))
      }
      const until = performance.now() + troubleMs
      while (performance.now() < until) {
        await pause(dice.int(200, 900))
        const never = kinds.filter((kind) => done[kind] === 0)
        const what = dice.pick(never.length > 0 ? never : kinds)
        done[what] += 1
        if (what === 'network') await proxy.cut(dice.int(0, 200), dice.int(0, 300))
        else if (what === 'broker') {
          await broker.end(signal)
          await pause(dice.int(0, 300))
          await broker.start()
        } else {
          // What has waited comes all at once: then most is under way, and it is killed again.
          for (const away of [dice.int(200, 800), dice.int(0, 300)]) {
            await box.kill()
            await pause(away)
            box.start()
            if (!(await box.ready())) throw new Error(`the box did not start again: ${box.words.join(' | ')}`)
            await grown(tap.nearHas)
          }
        }
      }
      await Promise.all(senders.map((device) => device.leave()))
      await arrived(listeners, senders)
      await settled(box)
      await Promise.all(listeners.map((device) => device.leave()))
      await box.stop()
      const { problems, words } = ledgerProblems(box.folder, [...listeners, ...senders], whoOf)
      const tapped = tapProblems(tap, box.folder, ofHere)
      console.log(`${JSON.stringify(done)}; ${words}; the box has acknowledged ${tap.nearHas.size} messages`)
      const serious = signal === 'SIGTERM' ? problems : problems.filter((each) => !isForgotten(each))
      expect([...serious, ...tapped, ...box.words].slice(0, 20)).toEqual([])
      expect(tap.nearHas.size).toBeGreaterThan(50)
    } finally {
      proxy.close()
      await Promise.all([...listeners, ...senders].map((device) => device.kill()))
      await box.kill()
      await broker.end('SIGKILL')
    }
  },
  150_000,
)

const idOf = (does: Does, more: string) => `${does === 'listen' ? 'screen' : does}-${more}`
/** What a broker that is killed has acknowledged to its own clients and forgotten. */
const isForgotten = (problem: string) =>
  problem.startsWith('LOST: read ') || problem.startsWith('LOST: lamp ')

/** Until more was acknowledged. */
async function grown(has: ReadonlySet<string>): Promise<void> {
  const before = has.size
  for (let waited = 0; has.size === before && waited < 2_000; waited += 1) await pause(2)
}

/** Until nothing new comes into the log. */
async function settled(box: RealBox): Promise<void> {
  let [before, same] = [-1, 0]
  for (let waited = 0; same < 8 && waited < 200; waited += 1) {
    await pause(250)
    const { n = 0 } = (await box.siteStatus()) ?? {}
    same = n === before ? same + 1 : 0
    before = n
  }
}

/** What one end has acknowledged to the other is there. */
function tapProblems(tap: Tap, folder: string, lamps: readonly PahoDevice[]): readonly string[] {
  const { seen } = readLog(folder)
  const records = [...tap.nearHas].flatMap((message) => {
    const [, gate = '', hits = ''] = /^club\/gates\/([^/]+)\/read .*"hits": (\d+)/.exec(message) ?? []
    return gate !== '' && seen.get(`${gate} ${hits}`) !== 1
      ? [`${gate} ${hits}: the box has acknowledged it, and has it ${seen.get(`${gate} ${hits}`) ?? 0} times`]
      : []
  })
  const told = new Set(
    [...tap.farHas].flatMap((message) => {
      const [, lamp = '', n = ''] = /^club\/lamps\/([^/]+)\/set .*"n": (\d+)/.exec(message) ?? []
      return lamp === '' ? [] : [`${lamp} ${n}`]
    }),
  )
  const untold = lamps.flatMap(({ options, acked }) =>
    [...acked].flatMap((n) =>
      told.has(`${options.id} ${n}`)
        ? []
        : [`${options.id} ${n} was acknowledged, and the broker never had it`],
    ),
  )
  return [...records, ...untold]
}
