import { truthFile } from '../crash/box-folder.ts'
import { readEntry } from '../crash/log-reading.ts'
import { setTimeout as pause } from 'node:timers/promises'
import { openSqlite } from '../../src/store/sqlite.ts'
import type { PahoDevice } from './paho.ts'

type Found = { readonly problems: readonly string[]; readonly words: string }

/** Holds what devices were told against what is in the log of a box that has stopped, and against what arrived. */
export function ledgerProblems(
  folder: string,
  devices: readonly PahoDevice[],
  whoOf = (id: string) => `device ${id}`,
): Found {
  const log = readLog(folder)
  const problems: string[] = []
  let counted = 0
  let again = 0
  for (const device of devices) {
    const { id, does } = device.options
    counted += device.acked.size
    problems.push(...device.words.map((word) => `${id}: ${word}`))
    switch (does) {
      case 'read':
        problems.push(...exactlyOnce(device, (n) => log.seen.get(`${id} ${n}`) ?? 0))
        break
      case 'reading':
        // Readings have no identity: what was sent again may be there twice.
        problems.push(...missing(device, (n) => log.readings.get(`${id} ${n}`) ?? 0))
        again += sum(log.readings) - log.readings.size
        break
      case 'grant':
        problems.push(...exactlyOnce(device, (n) => log.moves.get(`${whoOf(id)} k${n}`) ?? 0))
        problems.push(...differentAnswers(device))
        break
      case 'lamp':
        break
      case 'listen':
        problems.push(...lost(device, devices))
        again += device.got.length - new Set(device.got.map(({ lamp, n }) => `${lamp} ${n}`)).size
        break
    }
  }
  return { problems, words: `${counted} messages acknowledged, ${again} came again where that is allowed` }
}

const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((all, each) => all + each, 0)

function* missing({ acked, answers, options }: PahoDevice, count: (n: number) => number): Iterable<string> {
  for (const n of acked) {
    const said = [...(answers.get(`k${n}`) ?? [])].join(' and ')
    if (count(n) === 0)
      yield `LOST: ${options.does} ${n} of ${options.id} was acknowledged; answered: ${said}`
  }
}

function* exactlyOnce(device: PahoDevice, count: (n: number) => number): Iterable<string> {
  yield* missing(device, count)
  for (let n = 1; n <= device.sent; n += 1)
    if (count(n) > 1) yield `DOUBLED: ${device.options.does} ${n} of ${device.options.id}, ${count(n)} times`
}

function* differentAnswers({ answers, acked, options }: PahoDevice): Iterable<string> {
  for (const [key, said] of answers)
    if (said.size > 1) yield `${options.id} ${key}: ${[...said].join(' and ')}`
  for (const n of acked)
    if (![...(answers.get(`k${n}`) ?? [])].some((said) => said.startsWith('answered')))
      yield `${options.id} k${n} was acknowledged and never answered`
}

/** A listener has all that was acknowledged. Twice is allowed: a sender without an answer has sent another message. */
function* lost(listener: PahoDevice, devices: readonly PahoDevice[]): Iterable<string> {
  const got = new Set(listener.got.map(({ lamp, n }) => `${lamp} ${n}`))
  for (const { options, acked } of devices) {
    if (options.does !== 'lamp') continue
    for (const n of acked)
      if (!got.has(`${options.id} ${n}`))
        yield `LOST: lamp ${options.id} ${n} never came to ${listener.options.id}`
  }
}

export function readLog(folder: string) {
  const db = openSqlite(truthFile(folder), { durable: true })
  const seen = new Map<string, number>()
  const readings = new Map<string, number>()
  const moves = new Map<string, number>()
  const add = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1)
  for (const { head, bodies } of db.prepare('SELECT head, bodies FROM log ORDER BY id').iterate()) {
    const line = { head: String(head), bodies: String(bodies) }
    const entry = readEntry(line as Parameters<typeof readEntry>[0])
    if (entry.is === 'record' && entry.name !== undefined) add(seen, entry.name)
    else if (entry.is === 'decision') add(moves, entry.key)
    else if (entry.is === 'record' && line.head.includes('"fair.reading"')) {
      const { sensor, count } = JSON.parse(line.bodies) as { sensor: string; count: number }
      add(readings, `${sensor} ${count}`)
    }
  }
  db.close()
  return { seen, readings, moves }
}

/** Until every listener has all that was acknowledged, or no more comes. */
export async function arrived(
  listeners: readonly PahoDevice[],
  senders: readonly PahoDevice[],
): Promise<void> {
  const lamps = senders.filter(({ options }) => options.does === 'lamp')
  for (let waited = 0; waited < 100; waited += 1) {
    const missing = listeners.some(({ got }) => {
      const have = new Set(got.map(({ lamp, n }) => `${lamp} ${n}`))
      return lamps.some(({ acked, options }) => [...acked].some((n) => !have.has(`${options.id} ${n}`)))
    })
    if (!missing) return
    await pause(100)
  }
}
