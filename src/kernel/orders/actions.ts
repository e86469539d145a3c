import { z } from 'zod'
import type { Asking, Refused, Said } from '../pack/action.ts'
import { actionsOf } from '../pack/action.ts'
import type { RowOf, RowsReadOf } from '../pack/table.ts'
import type { facts } from '../site/facts.ts'
import type { tables as siteTables } from '../site/tables.ts'
import { rateOrders } from './apply.ts'
import { lifeMs, orderId, priority } from './facts.ts'
import type { OrderKind } from './order.ts'
import type { tables } from './tables.ts'

type Rows = RowsReadOf<typeof tables & Pick<typeof siteTables, 'boxes' | 'terms'>>
type Row = RowOf<typeof tables.orders>
type Why = { readonly code: string; readonly detail: Readonly<Record<string, string | number>> }

/** So many orders may wait at one box, and so many may one person give it in a minute (ORDER-12). */
export const waitingLimit = 200
const minuteMs = 60_000
const groupLimit = 500

const action = actionsOf<typeof facts, typeof siteTables>()
/** Who may issue an order is said by its kind; nobody below a volunteer may issue any. */
const anybody = ['owner', 'manager', 'installer', 'lead', 'volunteer'] as const
/** Whoever may stop or repeat any order of a site. */
const inCharge = ['manager', 'installer', 'lead'] as const
const box = z.string().regex(/^[0-9a-z]{4,32}$/)

export const actions = {
  'order.issue': action({
    about: {
      en: 'Tells one box, or each of several, to do something.',
      fr: 'Dit à une box, ou à chacune de plusieurs, de faire quelque chose.',
    },
    example: { id: 'lamp0001', to: '0123456789ab', kind: 'fair.lamp', params: { stall: 'crepes' } },
    input: z.object({
      id: orderId,
      to: z.union([box, z.array(box).min(1).max(groupLimit)]),
      kind: z.string().max(100),
      params: z.unknown(),
      lifeMs: lifeMs.optional(),
      priority: priority.optional(),
    }),
    allow: anybody,
    orderKind: ({ kind }) => kind,
    away: 'refuse',
    decide: (input, rows, asking) => {
      const { id, kind, params } = input
      if (rows.orders.get(id) ?? rows.orderGroups.get(id)) return refusal('order-exists', { order: id })
      const group = typeof input.to !== 'string'
      const boxes = typeof input.to === 'string' ? [input.to] : [...new Set(input.to)]
      const wishes = boxes.map((to) => ({ order: group ? `${id}.${to}` : id, to, kind, params }))
      const wish = { parent: group ? id : null, lifeMs: input.lifeMs, priority: input.priority ?? 5 }
      return issue(
        wishes.map((each) => ({ ...each, ...wish })),
        rows,
        asking,
      )
    },
  }),
  'order.cancel': action({
    about: {
      en: 'Stops an order, or those of a group that can still be stopped.',
      fr: 'Arrête un ordre, ou ceux d’un groupe qui peuvent encore l’être.',
    },
    example: { order: 'lamp0001' },
    input: z.object({ order: orderId }),
    allow: inCharge,
    away: 'refuse',
    decide: ({ order: name }, rows) => {
      const one = rows.orders.get(name)
      const all = one ? [one] : rows.orders.list('byParent', name, true)
      if (all.length === 0)
        return refusal(rows.orderGroups.get(name) ? 'order-ended' : 'no-order', { order: name })
      const open = all.filter((each) => each.open)
      if (open.length === 0) return refusal('order-ended', { order: name })
      const able = open.filter(({ accepted, stops }) => accepted === 0 || stops)
      if (able.length === 0) return refusal('order-runs', { order: name })
      const facts = able.filter(({ cancelled }) => cancelled === null).map((each) => cancelling(each, null))
      return { facts, answer: { cancelled: able.map(({ order }) => order) } }
    },
  }),
  'order.retry': action({
    about: {
      en: 'The same again under a new name: of a group, to those boxes that have not done it.',
      fr: 'La même chose sous un nouveau nom : pour un groupe, aux box qui ne l’ont pas faite.',
    },
    example: { order: 'lamp0001', id: 'lamp0002' },
    input: z.object({ order: orderId, id: orderId }),
    allow: inCharge,
    away: 'refuse',
    decide: ({ order: name, id }, rows, asking) => {
      const one = rows.orders.get(name)
      if (rows.orders.get(id) ?? rows.orderGroups.get(id)) return refusal('order-exists', { order: id })
      if (!one && !rows.orderGroups.get(name)) return refusal('no-order', { order: name })
      const ended = one ? [one].filter((each) => !each.open) : rows.orders.list('byParent', name, false)
      const again = ended.filter(({ outcome }) => outcome !== 'done')
      if (again.length === 0) return refusal('nothing-to-retry', { order: name })
      const wishes = again.map((each) => ({
        order: one ? id : `${id}.${each.to}`,
        to: each.to,
        kind: each.kind,
        params: rows.orderTexts.get(each.order)?.params ?? null,
        parent: one ? null : id,
        lifeMs: each.lifeMs,
        priority: each.priority,
      }))
      return issue(wishes, rows, asking)
    },
  }),
}

type Wish = {
  readonly order: string
  readonly to: string
  readonly kind: string
  readonly params: unknown
  readonly parent: string | null
  readonly lifeMs: number | undefined
  readonly priority: number
}

/** One order a box: where one box cannot be given its order, the others get theirs all the same. */
function issue(wishes: readonly Wish[], rows: Rows, asking: Asking) {
  const kind = asking.order(wishes[0]?.kind ?? '')
  if (!kind) return refusal('unknown-order', { kind: wishes[0]?.kind ?? '' })
  const params = kind.params.safeParse(wishes[0]?.params)
  if (!params.success) {
    const [issue] = params.error.issues
    const field = ['params', ...(issue?.path ?? [])].join('.')
    return refusal('malformed', { field, problem: issue?.message ?? '' })
  }
  const said: Said<typeof facts>[] = []
  const orders: { order: string; to: string }[] = []
  const left: ({ to: string } & Why)[] = []
  for (const wish of wishes) {
    const { order, to } = wish
    const why = hindrance(wish, rows, asking)
    if (why) {
      left.push({ to, ...why })
      continue
    }
    orders.push({ order, to })
    said.push({ kind: 'order.issued', body: issued(wish, kind, params.data) })
    for (const old of superseded(to, kind, rows)) said.push(cancelling(old, order))
  }
  const [first] = left
  if (orders.length === 0 && first) return refusal(first.code, first.detail)
  return { facts: said, answer: { orders, left } }
}

const issued = (
  { order, to, kind, parent, priority, ...wish }: Wish,
  declared: OrderKind,
  params: unknown,
) => ({
  order,
  to,
  kind,
  params: params ?? null,
  mode: declared.mode,
  lifeMs: wish.lifeMs ?? declared.lifeMs,
  runMs: declared.runMs,
  stops: declared.stops,
  priority,
  parent,
})

/** Why this box cannot be given this order now. */
function hindrance({ order, to }: Wish, rows: Rows, { who, at }: Asking): Why | undefined {
  if (rows.orders.get(order)) return { code: 'order-exists', detail: { order } }
  if (!rows.boxes.get(to)) return { code: 'not-assigned', detail: { box: to } }
  if (rows.orders.count('byBox', to, true) >= waitingLimit)
    return { code: 'orders-full', detail: { box: to, limit: waitingLimit } }
  // Two readings of the monotonic clock say something only inside one term.
  const opened = rows.terms.all().at(-1)?.n ?? 0
  const recent = rows.orderRates.get(who, to)?.recent ?? []
  const inMinute = recent.filter(([n, mono]) => n > opened && at[0] - mono < minuteMs)
  if (inMinute.length >= rateOrders)
    return { code: 'too-many-orders', detail: { box: to, limit: rateOrders } }
  return undefined
}

/** Orders that wait at the box and that a newer one makes needless. */
function superseded(to: string, kind: OrderKind, rows: Rows): readonly Row[] {
  if (kind.supersedes.length === 0) return []
  return rows.orders
    .list('byBox', to, true)
    .filter((old) => old.accepted === 0 && old.cancelled === null && kind.supersedes.includes(old.kind))
}

const cancelling = ({ order, to }: Pick<Row, 'order' | 'to'>, by: string | null) =>
  ({ kind: 'order.cancelled', body: { order, to, by } }) as const

const refusal = (refused: string, detail: Why['detail']): Refused => ({ refused, detail })
