import { FairBox, site } from './parts/fair-box.ts'
import type { Recording } from './parts/facts.ts'
import { facts, take } from './parts/facts.ts'
import { figure } from './parts/figure.ts'
import { inFolder } from './parts/folder.ts'
import { RawSqlite } from './parts/raw-sqlite.ts'
import type { Row } from './parts/row.ts'
import { row } from './parts/row.ts'
import { seconds } from './parts/time.ts'

const rounds = 5
const batch = 500
const batches = 40
const perRound = batch * batches

type Times = { readonly raw: number[]; readonly alone: number[]; acked: number[]; readonly shown: number[] }

/**
 * The same batches, one after the other, each durable before the next: into one table of raw SQLite; into the
 * journal of a box that another keeps; and at a keeper, which orders and shows them at the same time.
 */
export async function batchedRecords(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    using raw = new RawSqlite(folder)
    await using satellite = await FairBox.open(`${folder}/satellite`)
    await satellite.box.serve(site, null)
    await using keeper = await FairBox.keeper(`${folder}/keeper`)
    const source = facts('batches')
    const times: Times = { raw: [], alone: [], acked: [], shown: [] }
    // The first round is for warming up.
    for (let round = 0; round <= rounds; round += 1) {
      const recordings = Array.from({ length: batches }, () => take(source, batch))
      const rows = recordings.map((each) => RawSqlite.rows(each))
      times.raw.push(await seconds(async () => rows.forEach((each) => raw.insert(each))))
      times.alone.push(await seconds(() => recordAll(satellite, recordings)))
      const before = keeper.status.n
      const from = performance.now()
      await recordAll(keeper, recordings)
      times.acked.push((performance.now() - from) / 1000)
      await keeper.logged(before + perRound)
      await keeper.shown()
      times.shown.push((performance.now() - from) / 1000)
    }
    const rate = (all: readonly number[]) =>
      figure(
        'records/s',
        all.slice(1).map((each) => perRound / each),
      )
    const peer = { name: 'raw node:sqlite', figure: rate(times.raw) }
    const beside = { ...peer, ratio: 0.5 }
    return [
      row(`batches of ${batch}, acknowledged, journal only`, rate(times.alone), undefined, beside),
      row(`batches of ${batch}, acknowledged by a keeper`, rate(times.acked), undefined, beside),
      row(`batches of ${batch}, in a keeper's log and views`, rate(times.shown), undefined, peer),
    ]
  })
}

async function recordAll(fair: FairBox, all: readonly (readonly Recording[])[]): Promise<void> {
  for (const each of all) await fair.box.record(site, each)
}
