import type { Apply, Erase } from '../../kernel/pack/pack.ts'
import type { facts } from './facts.ts'
import type { tables } from './tables.ts'

export const apply: Apply<typeof facts, typeof tables> = {
  seen: (rows, { body }) => {
    const { tag, gate, at } = body
    const visit = rows.visits.get(tag, gate)
    if (visit) rows.visits.put({ ...visit, hits: visit.hits + 1, last: Math.max(visit.last, at) })
    else rows.visits.put({ tag, gate, hits: 1, first: at, last: at })
  },
  reading: (rows, { body }) => {
    const readings = rows.sensors.get(body.sensor)?.readings ?? 0
    rows.sensors.put({ sensor: body.sensor, count: body.count, readings: readings + 1 })
  },
  named: (rows, { body, n, i }) => rows.names.put({ ...body, n, i }),
  moved: (rows, { body }) => {
    for (const { account, cents } of body.moves) {
      const before = rows.accounts.get(account)
      rows.accounts.put({ account, cents: (before?.cents ?? 0) + cents, moves: (before?.moves ?? 0) + 1 })
    }
  },
  closed: (rows, { body }) => rows.stalls.put({ stall: body.stall, closed: true }),
}

export const erase: Erase<typeof tables> = (rows, places) => {
  for (const { n, i } of places) rows.names.remove(n, i)
}
