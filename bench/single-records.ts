import { callsPerSecond } from './parts/callers.ts'
import { FairBox, site } from './parts/fair-box.ts'
import { facts, take } from './parts/facts.ts'
import { figure } from './parts/figure.ts'
import { inFolder } from './parts/folder.ts'
import { RawSqlite } from './parts/raw-sqlite.ts'
import type { Row } from './parts/row.ts'
import { row } from './parts/row.ts'
import { seconds } from './parts/time.ts'

const rounds = 5
const callers = 100
const roundMs = 2_000
const rawCommits = 300

/** Records one by one at a keeper, each caller waiting for its acknowledgement; beside a commit for each. */
export async function singleRecords(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    await using fair = await FairBox.keeper(folder)
    using raw = new RawSqlite(folder)
    const source = facts('single records')
    const one = () => fair.box.record(site, [source.next().value])
    await callsPerSecond(callers, 500, one)
    const [ours, theirs]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await callsPerSecond(callers, roundMs, one))
      // The rest of the round's work, so that it does not run into the peer's turn.
      await settled(fair)
      const rows = RawSqlite.rows(take(source, rawCommits))
      theirs.push(rawCommits / (await seconds(async () => rows.forEach((each) => raw.insert([each])))))
    }
    const peer = { name: 'raw node:sqlite, a commit each', figure: figure('records/s', theirs) }
    return [row(`single records, ${callers} callers`, figure('records/s', ours), undefined, peer)]
  })
}

async function settled(fair: FairBox): Promise<void> {
  const { to } = await fair.box.record(site, [facts('last').next().value])
  // Two entries more than the stream: the site began, and this box was named.
  await fair.logged(to + 1)
  await fair.shown()
}
