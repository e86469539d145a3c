import type { Apply } from '../pack/pack.ts'
import type { RowsOf } from '../pack/table.ts'
import type { Change, Document } from './document.ts'
import { documentHash, emptyDocument, patched } from './document.ts'
import type { facts } from './facts.ts'
import type { tables } from './tables.ts'

/** So many versions can be restored, and be the base of a save, from the views; all stand in the log. */
export const keptSteps = 200
const keptAnswers = 50

type Rows = RowsOf<typeof tables>
type Said = { readonly what: string; readonly who: string; readonly comment: string; readonly n: number }

export const applySettings: Apply<typeof facts, typeof tables> = {
  'setting.saved': (rows, { body, n, who }) => {
    const before = rows.settings.get(body.target)?.document ?? emptyDocument
    const { document, changes } = patched(before, body.patch)
    step(rows, body, document, changes, { what: 'saved', who: who ?? '', comment: body.comment, n })
  },
  'setting.overridden': (rows, { body, n, who, at }) => {
    const { target, version, patch, forMs, reason } = body
    rows.settingOverrides.put({ target, version, patch, forMs, at, who: who ?? '', reason, n })
    const said = { what: 'overridden', who: who ?? '', comment: reason, n }
    step(rows, body, rows.settings.get(target)?.document ?? emptyDocument, [], said)
  },
  'setting.returned': (rows, { body, n, who }) => {
    rows.settingOverrides.remove(body.target, body.override)
    const said = { what: 'returned', who: who ?? '', comment: '', n }
    step(rows, body, rows.settings.get(body.target)?.document ?? emptyDocument, [], said)
  },
  'setting.answered': (rows, { body, from, n }) => {
    const { target, outcome, reason, hash } = body
    for (const side of ['hub', 'site'] as const) {
      const range = body[side]
      const box = from?.box
      if (!range || box === undefined) continue
      const row = { target, box, side, version: range.to, since: range.from, outcome, reason, hash, n }
      rows.settingAnswers.put(row)
      const all = rows.settingAnswers.list('byBox', target, box, side)
      for (const { version } of all.slice(0, -keptAnswers))
        rows.settingAnswers.remove(target, box, side, version)
    }
  },
  'setting.drifted': (rows, { body, from, n }) => {
    if (from) rows.settingDrift.put({ box: from.box, hash: body.hash, fields: body.fields, n })
  },
}

function step(
  rows: Rows,
  { target, version }: { readonly target: string; readonly version: number },
  document: Document,
  changes: readonly Change[],
  said: Said,
): void {
  rows.settings.put({ target, version, document, hash: documentHash(document), n: said.n })
  rows.settingSteps.put({ target, version, changes, ...said })
  rows.settingSteps.remove(target, version - keptSteps)
}
