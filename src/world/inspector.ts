import { firstParting, Verification } from '../kernel/views/verify.ts'
import { openSqlite } from '../store/sqlite.ts'
import { TruthReads } from '../store/truth-reads.ts'
import type { Card } from './card.ts'
import { isAtRest } from './image.ts'
import { Violation } from './violation.ts'
import { known } from './world.ts'

const readBytes = 1024 * 1024

/** What `regie verify` would say of a card at rest: nothing, or the kernel's own check and ours disagree. */
export function verifyCard(card: Card, site: string): void {
  const views = card.views(site)
  if (!isAtRest(views)) return
  const cursor = views.prepare('SELECT n, rules FROM regie_cursor').get()
  if (cursor?.['rules'] !== known.rules) return
  const end = Number(cursor['n'])
  const scratch = openSqlite(':memory:', { durable: false })
  const reads = new TruthReads(card.truth)
  const verification = new Verification(scratch, known)
  while (verification.n < end) {
    const rows = reads.entries(site, verification.n, readBytes).filter(({ n }) => n <= end)
    if (rows.length === 0) throw new Violation('VERIFY', `${site}: card ${card.name} ends before its views`)
    verification.feed(rows)
  }
  const [finding] = verification.compare(views)
  scratch.close()
  if (finding)
    throw new Violation('VERIFY', `${site}: card ${card.name} does not verify: ${JSON.stringify(finding)}`)
}

/** Where the logs on two cards part: found by halves as `regie verify` does, and by reading from the first entry on. */
export function comparePartings(site: string, a: Card, b: Card): void {
  const [mine, theirs] = [chainsOn(a, site), chainsOn(b, site)]
  const length = Math.min(mine.length, theirs.length)
  const found = firstParting(
    (n) => mine[n - 1] ?? '',
    (n) => theirs[n - 1] ?? '',
    length,
  )
  const read = mine.slice(0, length).findIndex((chain, index) => chain !== theirs[index])
  if (found !== (read < 0 ? undefined : read + 1))
    throw new Violation(
      'VERIFY',
      `${site}: cards ${a.name} and ${b.name} part at ${read + 1}, not at ${found}`,
    )
}

function chainsOn(card: Card, site: string): readonly string[] {
  const sql =
    'SELECT log.chain FROM log, sites WHERE sites.site = ? AND log.id >> 33 = sites.id ORDER BY log.id'
  return card.truth
    .prepare(sql)
    .all(site)
    .map(({ chain }) => String(chain))
}
