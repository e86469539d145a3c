import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { viewsFolder } from '../src/kernel/site/views-folder.ts'
import { WriterCore } from '../src/kernel/site/writer-core.ts'
import type { LogRow } from '../src/store/truth.ts'
import { TruthReads } from '../src/store/truth-reads.ts'
import { readTruthFile } from '../src/store/truth-tables.ts'
import { FairBox, site } from './parts/fair-box.ts'
import { figure } from './parts/figure.ts'
import { fill } from './parts/fill.ts'
import { inFolder } from './parts/folder.ts'
import { known } from './parts/known.ts'
import type { Row } from './parts/row.ts'
import { row } from './parts/row.ts'
import { cpuMicros, seconds } from './parts/time.ts'

const rounds = 5
const count = 100_000
const atOnceBytes = 256 * 1024

type Spent = { readonly rates: number[]; readonly micros: number[] }

/**
 * Facts into views. Apply: entries that are in memory already, in one thread. Rebuild: what a box does that
 * starts without its views, from its log on disk, with all its threads, until they are current.
 */
export async function rebuild(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    const box = join(folder, 'box')
    {
      await using fair = await FairBox.keeper(box)
      await fill(fair, count, 'rebuild')
    }
    const log = readLog(join(box, 'truth.db'))
    const [applied, rebuilt]: [Spent, Spent] = [
      { rates: [], micros: [] },
      { rates: [], micros: [] },
    ]
    for (let round = 0; round < rounds; round += 1) {
      await spend(applied, async () => applyAll(join(folder, `views-${round}`), log))
      rmSync(join(box, 'views'), { recursive: true })
      await using fair = await FairBox.open(box)
      await spend(rebuilt, () => fair.shown())
      await fair.keeping()
    }
    return [
      row('apply, entries in memory', figure('facts/s', applied.rates)),
      row('apply, CPU a fact', figure('µs', applied.micros)),
      row('rebuild, from the log on disk', figure('facts/s', rebuilt.rates), { atLeast: 50_000 }),
      row('rebuild, CPU of all threads a fact', figure('µs', rebuilt.micros)),
    ]
  })
}

async function spend({ rates, micros }: Spent, work: () => Promise<void>): Promise<void> {
  const cpu = await cpuMicros(async () => rates.push(count / (await seconds(work))))
  micros.push(cpu / count)
}

function readLog(file: string): readonly (readonly LogRow[])[] {
  const db = readTruthFile(file)
  try {
    const reads = new TruthReads(db)
    const log: (readonly LogRow[])[] = []
    let after = 0
    for (;;) {
      const rows = reads.entries(site, after, atOnceBytes)
      const last = rows.at(-1)
      if (!last) return log
      log.push(rows)
      after = last.n
    }
  } finally {
    db.close()
  }
}

function applyAll(folder: string, log: readonly (readonly LogRow[])[]): void {
  mkdirSync(folder)
  const core = new WriterCore(known, viewsFolder(folder), { bytes: (size) => new Uint8Array(size) })
  core.open(site)
  for (const rows of log) core.follow(site, rows)
  core.close()
}
