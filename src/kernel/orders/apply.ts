import type { z } from 'zod'
import type { Apply, Told } from '../pack/pack.ts'
import type { RowsOf } from '../pack/table.ts'
import type { tables as siteTables } from '../site/tables.ts'
import { facts } from './facts.ts'
import type { tables } from './tables.ts'

type Used = typeof tables & Pick<typeof siteTables, 'quarantine'>
type Rows = RowsOf<Used>
type Accepted = z.infer<(typeof facts)['order.accepted']['body']>
type Ended = z.infer<(typeof facts)['order.ended']['body']>

/** How many of a person's newest orders to a box are remembered: as many as are allowed in a minute. */
export const rateOrders = 10

export const apply: Apply<typeof facts, Used> = {
  'order.issued': (rows, { body, n, at, who }) => {
    const { params, ...issued } = body
    if (rows.orders.get(body.order)) return
    rows.orders.put({
      ...issued,
      n,
      at,
      who: who ?? '',
      open: true,
      cancelled: null,
      accepted: 0,
      outcome: null,
      by: null,
      endedAt: null,
      learned: null,
    })
    rows.orderTexts.put({ order: body.order, params: params ?? null, ended: null, learned: null })
    if (body.parent !== null) join(rows, body.parent, n)
    const recent = rows.orderRates.get(who ?? '', body.to)?.recent ?? []
    rows.orderRates.put({
      who: who ?? '',
      to: body.to,
      recent: [...recent, [n, at[0]] as const].slice(-rateOrders),
    })
    hearEarly(rows, body.order)
  },
  'order.cancelled': (rows, { body, n }) => {
    const order = rows.orders.get(body.order)
    if (order?.open && order.cancelled === null) rows.orders.put({ ...order, cancelled: n })
  },
  'order.accepted': (rows, told) => {
    if (told.from) hear(rows, { ...told, kind: 'order.accepted', box: told.from.box })
  },
  'order.ended': (rows, told) => {
    if (told.from) return hear(rows, { ...told, kind: 'order.ended', box: told.from.box })
    if (rows.orders.get(told.body.order)?.open) end(rows, told.body, 'keeper', told.n)
  },
}

type News = Pick<Told<unknown>, 'n' | 'i'> & { readonly box: string } & (
    | { readonly kind: 'order.accepted'; readonly body: Accepted }
    | { readonly kind: 'order.ended'; readonly body: Ended }
  )

/** What a box says counts if the order is its own; without its order, it waits for it (ORDER-10). */
function hear(rows: Rows, news: News): void {
  const { n, i, box, kind, body } = news
  const order = rows.orders.get(body.order)
  if (!order) return rows.orderNews.put({ order: body.order, n, i, box, kind, body })
  if (order.to !== box) {
    const why = `order ${order.order} is not for box ${box}`
    return rows.quarantine.put({ n, i, kind, why, head: null, line: null })
  }
  if (news.kind === 'order.accepted')
    return rows.orders.put({ ...order, accepted: Math.max(order.accepted, news.body.attempt) })
  if (order.open) end(rows, news.body, 'box', n)
  else if (order.learned === null && order.by === 'keeper') learn(rows, news.body)
}

function hearEarly(rows: Rows, order: string): void {
  for (const { n, i, box, kind, body } of rows.orderNews.list('byOrder', order)) {
    rows.orderNews.remove(order, n, i)
    if (kind === 'order.accepted') hear(rows, { n, i, box, kind, body: facts[kind].body.parse(body) })
    else if (kind === 'order.ended') hear(rows, { n, i, box, kind, body: facts[kind].body.parse(body) })
  }
}

function end(rows: Rows, body: Ended, by: 'box' | 'keeper', n: number): void {
  const order = rows.orders.get(body.order)
  const texts = rows.orderTexts.get(body.order)
  if (!order || !texts) return
  rows.orders.put({ ...order, open: false, outcome: body.outcome, by, endedAt: n })
  rows.orderTexts.put({ ...texts, ended: textOf(body) })
  const group = order.parent === null ? undefined : rows.orderGroups.get(order.parent)
  if (!group) return
  const done = group.done + (body.outcome === 'done' ? 1 : 0)
  rows.orderGroups.put({ ...group, open: group.open - 1, done })
}

function learn(rows: Rows, body: Ended): void {
  const order = rows.orders.get(body.order)
  const texts = rows.orderTexts.get(body.order)
  if (!order || !texts) return
  rows.orders.put({ ...order, learned: body.outcome })
  rows.orderTexts.put({ ...texts, learned: textOf(body) })
}

const textOf = ({ result, error, ms }: Ended) => ({ result: result ?? null, error, ms })

function join(rows: Rows, parent: string, n: number): void {
  const group = rows.orderGroups.get(parent) ?? { parent, n, total: 0, open: 0, done: 0 }
  rows.orderGroups.put({ ...group, total: group.total + 1, open: group.open + 1 })
}
