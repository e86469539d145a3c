import type { Apply, Erase, Retime } from '../../kernel/pack/pack.ts'
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
  struck: (rows, { body, at, boot, timeOf, timer }) => {
    const { bell, count, echo } = body
    const echoes = rows.strikes.get(bell, count)?.echoes ?? 0
    rows.strikes.put({ bell, count, boot, at, ...timeOf(at), echoes })
    if (echo === null) return
    timer.set({ name: `${bell}#${count}`, after: echo, say: 'echoed', body: { bell, count } })
  },
  echoed: (rows, { body }) => {
    const struck = rows.strikes.get(body.bell, body.count)
    if (struck) rows.strikes.put({ ...struck, echoes: struck.echoes + 1 })
  },
  booked: (rows, { body: { round, at, after }, timer }) => {
    rows.rounds.put({ round, calls: rows.rounds.get(round)?.calls ?? 0 })
    const asked = { name: `round ${round}`, say: 'called', body: { round } }
    if (at !== null) timer.set({ ...asked, at })
    else timer.set({ ...asked, after: after ?? 0 })
  },
  dropped: (_rows, { body, timer }) => timer.cancel(`round ${body.round}`),
  called: (rows, { body: { round } }) =>
    rows.rounds.put({ round, calls: (rows.rounds.get(round)?.calls ?? 0) + 1 }),
  closed: (rows, { body }) => rows.stalls.put({ stall: body.stall, closed: true }),
}

export const retime: Retime<typeof tables> = (rows, boot, timeOf) => {
  for (const row of rows.strikes.list('byBoot', boot)) rows.strikes.put({ ...row, ...timeOf(row.at) })
}

export const erase: Erase<typeof tables> = (rows, places) => {
  for (const { n, i } of places) rows.names.remove(n, i)
}
