import { apply as applyAccounts, eraseAccounts } from '../accounts/apply.ts'
import { clockApply } from '../clock/apply.ts'
import { applyAfar } from '../afar/apply.ts'
import { applySettings } from '../settings/apply.ts'
import { parseHead } from '../entry.ts'
import type { Apply, Erase, Retime } from '../pack/pack.ts'
import { apply as orders } from '../orders/apply.ts'
import { pack } from '../pack/pack.ts'
import { parseTerm } from '../term.ts'
import { rebaseTimers, retimeTimers, timerApply } from '../timers/apply.ts'
import { aboutApply } from './about.ts'
import { actions } from './actions.ts'
import { facts } from './facts.ts'
import { queries } from './queries.ts'
import { refusals } from './refusals.ts'
import { tables } from './tables.ts'

const apply: Apply<typeof facts, typeof tables> = {
  ...clockApply,
  ...timerApply,
  ...applyAfar,
  ...applySettings,
  ...applyAccounts,
  ...aboutApply,
  'stream.opened': (rows, { body, from, n }) => {
    if (!from) return
    const { stream, box } = from
    const here = rows.streams.get(stream)
    if (here) rows.streams.put({ ...here, before: body.before, beforeSeq: body.beforeSeq, boot: body.boot })
    for (const other of rows.streams.list('byBefore', body.before)) {
      if (other.stream === stream || other.box !== box) continue
      rows.clones.put({ stream, other: other.stream, box, how: 'two streams follow one', n })
    }
    const before = body.before === null ? undefined : rows.streams.get(body.before)
    if (before && before.seq > body.beforeSeq) {
      rows.clones.put({ stream, other: before.stream, box, how: 'the stream before it had come further', n })
    }
  },
  'site.keeper': (rows, { body, n, at, boot, timeOf }) => {
    const { reign, keeper, start } = parseTerm(body.term)
    rows.terms.put({ n, term: body.term, reign, keeper, start, how: body.how, boot })
    rebaseTimers(rows.timers, at, boot, timeOf(at))
  },
  'site.handedOver': (rows, { body: { to, reign }, n }) => rows.handovers.put({ n, to, reign }),
  'box.assigned': (rows, { body, n }) => {
    rows.boxes.put({ ...body, n })
    rows.left.remove(body.box)
  },
  'box.unassigned': (rows, { body, n }) => {
    const member = rows.boxes.get(body.box)
    if (member) rows.left.put({ ...member, n })
    rows.boxes.remove(body.box)
  },
  'orphan.kept': (rows, { body, n }) => {
    const head = parseHead(body.head)
    if (head.form !== 'a') return
    const { action, key, who } = head.asked
    const orphan = { term: body.term, n: body.n, keptAt: n, action, key, who, head: body.head }
    rows.orphans.put({ ...orphan, settled: null, note: null })
  },
  'orphan.line': (rows, { body, n }) => rows.orphanLines.put({ ...body, at: n }),
  'orphan.settled': (rows, { body }) => {
    const orphan = rows.orphans.get(body.term, body.n)
    if (orphan && orphan.settled === null) rows.orphans.put({ ...orphan, settled: body.how, note: body.note })
  },
  // The views let the record in (LOG-25): they alone have the rows of its pack.
  'quarantine.admitted': () => {},
  'facts.erased': (rows, { body, n }) => {
    // What is not in the log yet is no place: erased before it comes, it would be erased on some boxes only.
    for (const place of body.places) if (place.n < n) rows.erased.put({ ...place, by: n })
  },
  'base.laid': (rows, { body, n }) => rows.bases.put({ n, ...body }),
  ...orders,
}

const erase: Erase<typeof tables> = (rows, places) => {
  eraseAccounts(rows, places)
  for (const { n, i } of places) {
    rows.quarantine.remove(n, i)
    // An orphan's lines follow it in its entry: line i stands at place i + 1.
    for (const line of rows.orphanLines.list('byPlace', n, i - 1))
      rows.orphanLines.remove(line.term, line.n, line.i)
  }
}

const retime: Retime<typeof tables> = (rows, boot, timeOf) => retimeTimers(rows.timers, boot, timeOf)

export const kernelPack = pack({
  name: 'kernel',
  rules: 'kernel',
  facts,
  tables,
  apply,
  actions,
  queries,
  refusals,
  erase,
  retime,
})
