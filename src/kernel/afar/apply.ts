import type { Apply } from '../pack/pack.ts'
import type { tables as siteTables } from '../site/tables.ts'
import type { facts } from './facts.ts'
import type { tables } from './tables.ts'

/** Of the errands that have ended, so many can still be seen in the views; all stand in the log. */
const keptEnded = 200

export const applyAfar: Apply<typeof facts, typeof tables & Pick<typeof siteTables, 'terms'>> = {
  'act.refused': (rows, { body }) => rows.refusals.put(body),
  'errand.sent': (rows, { body, n, i, who }) => {
    const term = rows.terms.all().at(-1)?.term ?? ''
    const { site, action, input } = body
    const asked = { n, i, term, site, action, who: who ?? '', input: input ?? null }
    rows.errands.put({ ...asked, state: 'waiting', answer: null, code: '' })
  },
  'errand.ended': (rows, { body }) => {
    const errand = rows.errands.get(body.n, body.i)
    if (errand?.state !== 'waiting') return
    rows.errands.put({ ...errand, state: body.how, answer: body.answer ?? null, code: body.code })
    const ended = rows.errands.list('byState', body.how)
    for (const { n, i } of ended.slice(0, -keptEnded)) rows.errands.remove(n, i)
  },
}
