import { DatabaseSync } from 'node:sqlite'
import { logSpan } from '../../../src/store/truth-tables.ts'
import { nameIn } from '../../crash/log-reading.ts'
import type { Acked } from './target.ts'

const missingShown = 5

/** What was acknowledged and is not in the log, read without the kernel's own code. */
export function acksIn(truth: string, { decisions, records }: Acked): readonly string[] {
  const db = new DatabaseSync(truth, { readOnly: true })
  const ids = new Map(
    db
      .prepare('SELECT site, id FROM sites')
      .all()
      .map((row) => [String(row['site']), Number(row['id'])]),
  )
  const keys = new Map<string, string>()
  const left = new Set(records)
  for (const { id, head, bodies } of db.prepare('SELECT id, head, bodies FROM log').iterate()) {
    const parts = JSON.parse(String(head)) as readonly unknown[]
    if (parts[0] === 'a') keys.set(String(id), String(parts[4]))
    if (parts[0] === 'r' && parts[2] === 'fair.seen') left.delete(nameIn(String(bodies)))
  }
  db.close()
  const lost = decisions.filter(([site, n, key]) => {
    const at = ids.get(site)
    return at !== undefined && keys.get(String(at * logSpan + n))?.endsWith(`/${key}`) !== true
  })
  return [
    ...lost
      .slice(0, missingShown)
      .map((each) => `answered, and not in the log: ${JSON.stringify(each)} of ${lost.length}`),
    ...[...left]
      .slice(0, missingShown)
      .map((name) => `acknowledged, and not in the log: ${name} of ${left.size}`),
  ]
}
