import { FairBox, site } from './parts/fair-box.ts'
import { facts } from './parts/facts.ts'
import { figure, percentile } from './parts/figure.ts'
import { inFolder } from './parts/folder.ts'
import type { Row } from './parts/row.ts'
import { row } from './parts/row.ts'
import { sleep } from './parts/time.ts'

const rounds = 5
const perSecond = 1_000
const roundSeconds = 4

/** From the moment when a record was due, whether or not the box was busy then, to its acknowledgement. */
export async function ackLatency(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    await using fair = await FairBox.keeper(folder)
    const source = facts('latency')
    const record = () => fair.box.record(site, [source.next().value])
    await offered(perSecond, record)
    const [p50, p99]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round += 1) {
      const waits = (await offered(perSecond * roundSeconds, record)).toSorted((a, b) => a - b)
      p50.push(percentile(waits, 50))
      p99.push(percentile(waits, 99))
    }
    return [
      row('to acknowledgement at 1,000/s offered, p50', figure('ms', p50)),
      row('to acknowledgement at 1,000/s offered, p99', figure('ms', p99)),
    ]
  })
}

/** Calls at their own times, and how many milliseconds after them each was answered. */
async function offered(count: number, call: () => Promise<unknown>): Promise<readonly number[]> {
  const answered: Promise<number>[] = []
  const from = performance.now()
  while (answered.length < count) {
    const now = performance.now()
    while (answered.length < count && from + (answered.length * 1000) / perSecond <= now) {
      const due = from + (answered.length * 1000) / perSecond
      answered.push(call().then(() => performance.now() - due))
    }
    await sleep(1)
  }
  return Promise.all(answered)
}
