import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { callsPerSecond } from './parts/callers.ts'
import { FairBox, site } from './parts/fair-box.ts'
import { figure, percentile } from './parts/figure.ts'
import { Follower } from './parts/follower.ts'
import { inFolder } from './parts/folder.ts'
import { LinkServer } from './parts/link-server.ts'
import type { Row } from './parts/row.ts'
import { row } from './parts/row.ts'
import { until } from './parts/time.ts'

const rounds = 5
const callers = 50
const roundMs = 4_000
const alone = 40

/**
 * Orders from a keeper to a box in a second process, over loopback: issued, asked for, accepted on its disk,
 * done at once, and the outcome in the views of the keeper.
 */
export async function orders(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    await using keeper = await FairBox.keeper(`${folder}/keeper`)
    await using links = await LinkServer.open(keeper)
    await using follower = await Follower.start(`${folder}/follower`)
    await keeper.box.assign(site, { box: follower.box, publicKey: follower.publicKey, small: false })
    await follower.follow(links.above, keeper.status.n)
    using outcomes = new Outcomes(`${folder}/keeper`)
    const give = () => giveOne(keeper, follower.box, outcomes)
    for (let order = 0; order < 10; order += 1) await give()
    const [rates, p50, p95]: [number[], number[], number[]] = [[], [], []]
    for (let round = 0; round < rounds; round += 1) {
      const waits: number[] = []
      for (let order = 0; order < alone; order += 1) waits.push(await give())
      waits.sort((a, b) => a - b)
      p50.push(percentile(waits, 50))
      p95.push(percentile(waits, 95))
      rates.push(await callsPerSecond(callers, roundMs, give))
    }
    return [
      row(`orders, ${callers} under way, to their outcome`, figure('orders/s', rates)),
      row('one order, to its outcome at the keeper, p50', figure('ms', p50)),
      row('one order, to its outcome at the keeper, p95', figure('ms', p95), { atMost: 2_000 }),
    ]
  })
}

/** Resolves with the milliseconds from asking until the keeper shows the outcome. */
async function giveOne({ box }: FairBox, to: string, outcomes: Outcomes): Promise<number> {
  const id = randomUUID()
  const from = performance.now()
  const input = { id, to, kind: 'fair.lamp', params: { stall: 's1' } }
  // Each from another person: one may give a box ten in a minute.
  const answer = await box.act(site, { action: 'order.issue', key: id, who: id, input })
  if (answer.is !== 'answered') throw new Error(`no order: ${JSON.stringify(answer)}`)
  await until(`the outcome of ${id}`, () => outcomes.of(id) !== undefined)
  if (outcomes.of(id) !== '"done"') throw new Error(`${id} is ${outcomes.of(id)}`)
  return performance.now() - from
}

/** Outcomes as the views of a box show them, read beside it. */
class Outcomes implements Disposable {
  readonly #views: DatabaseSync
  readonly #outcome

  constructor(folder: string) {
    this.#views = new DatabaseSync(join(folder, 'views', `${site}.views`), { readOnly: true })
    this.#outcome = this.#views.prepare('SELECT outcome FROM kernel_orders WHERE "order" = ?')
  }

  of(order: string): string | undefined {
    const outcome = this.#outcome.get(order)?.['outcome']
    return typeof outcome === 'string' ? outcome : undefined
  }

  [Symbol.dispose](): void {
    this.#views.close()
  }
}
