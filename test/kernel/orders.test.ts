import { expect, test } from 'vitest'
import type { Job, OrderDrivers, Tried } from '../../src/kernel/orders/driver.ts'
import { Boxes, until } from './boxes.ts'
import type { TestBox } from './boxes.ts'

/** A machine outside the boxes: it does what orders say, and keeps count. */
class Hand {
  readonly began: string[] = []
  readonly done: string[] = []
  /** What a try waits for before it ends. */
  hold: (job: Job) => Promise<Tried | undefined> = async () => undefined
  /** Whether this hand can say later what came of a try. */
  seeing = false
  readonly drivers: OrderDrivers = Object.fromEntries(
    ['fair.lamp', 'fair.voucher', 'fair.restart'].map((kind) => [
      kind,
      {
        run: async (job: Job): Promise<Tried> => {
          this.began.push(job.order)
          const held = await this.hold(job)
          if (held) return held
          this.done.push(job.order)
          return { is: 'done', result: { params: job.params } }
        },
        check: async ({ order }) => {
          if (!this.seeing) return undefined
          return this.done.includes(order) ? { is: 'done' } : { is: 'failed', error: 'nothing came out' }
        },
      },
    ]),
  )
}

async function shop(boxes: Boxes, small = false) {
  const [keeper, till] = [boxes.make('keeper'), boxes.make('till')]
  const [office, hand] = [new Hand(), new Hand()]
  keeper.drivers = office.drivers
  till.drivers = hand.drivers
  await keeper.start()
  await till.start()
  await keeper.box.found('fair')
  await until(() => keeper.site().role === 'keeping')
  await keeper.box.assign('fair', { ...till.member, small })
  await till.box.serve('fair', keeper.above)
  if (!small) await until(() => till.site().n === keeper.site().n)
  return { keeper, till, hand, office }
}

let asked = 0
const ask = (at: TestBox, action: string, input: unknown) =>
  at.box.act('fair', { action, key: `key-${(asked += 1)}`, who: `lead-${asked}`, input })

const issue = (at: TestBox, to: TestBox, id: string, change: object = {}) =>
  ask(at, 'order.issue', {
    id,
    to: to.identity.box,
    kind: 'fair.voucher',
    params: { cents: 100 },
    ...change,
  })

const row = (box: TestBox, order: string) =>
  box.views.get('fair')?.prepare('SELECT * FROM kernel_orders WHERE "order" = ?').get(order)

const outcome = (box: TestBox, order: string): string =>
  String(row(box, order)?.['outcome'] ?? '"none"').slice(1, -1)

test('ORDER-5 a box is given its order, does it, and everybody learns what came of it', async () => {
  await using boxes = new Boxes()
  const { keeper, till, hand } = await shop(boxes)
  expect(await issue(keeper, till, 'order-01')).toMatchObject({ is: 'answered' })
  await until(() => outcome(keeper, 'order-01') === 'done' && outcome(till, 'order-01') === 'done')
  expect(hand.done).toEqual(['order-01'])
  expect(row(keeper, 'order-01')).toMatchObject({ accepted: 1, by: '"box"' })
})

test('ORDER-5 the keeper does its own orders too, and one that is issued elsewhere', async () => {
  await using boxes = new Boxes()
  const { keeper, till, office } = await shop(boxes)
  await issue(till, keeper, 'order-01')
  await until(() => outcome(keeper, 'order-01') === 'done')
  expect(office.done).toEqual(['order-01'])
})

test('ORDER-5 a small box, which has no log, is told to ask', async () => {
  await using boxes = new Boxes()
  const { keeper, till, hand } = await shop(boxes, true)
  await until(() => till.box.status().links.length > 0)
  await issue(keeper, till, 'order-01')
  await until(() => outcome(keeper, 'order-01') === 'done')
  expect(hand.done).toEqual(['order-01'])
  expect(till.site().n).toBe(0)
})

test('ORDER-3 an order is accepted on disk before it begins', async () => {
  await using boxes = new Boxes()
  const { keeper, till, hand } = await shop(boxes)
  const seen: boolean[] = []
  hand.hold = async ({ order }) => {
    const notes = till.truth.prepare(`SELECT value FROM notes WHERE name LIKE 'order fair %'`).all()
    const records = till.truth.prepare('SELECT head, body FROM journal').all()
    seen.push(
      notes.some(({ value }) => String(value).includes(order)) &&
        records.some(
          ({ head, body }) => String(head).includes('order.accepted') && String(body).includes(order),
        ),
    )
    return undefined
  }
  await issue(keeper, till, 'order-01')
  await until(() => outcome(keeper, 'order-01') === 'done')
  expect(seen).toEqual([true])
})

test.each([
  [false, 'unknown'],
  [true, 'failed'],
])('ORDER-4 once, broken off, is not begun again; seeing: %s, so %s', async (seeing, expected) => {
  await using boxes = new Boxes()
  const { keeper, till, hand } = await shop(boxes)
  hand.seeing = seeing
  hand.hold = () => new Promise(() => {})
  await issue(keeper, till, 'order-01')
  await until(() => hand.began.length === 1)
  await till.stop()
  hand.hold = async () => undefined
  await till.start()
  await until(() => outcome(keeper, 'order-01') === expected)
  expect(hand.began).toEqual(['order-01'])
})

test('ORDER-4 what had its effect when the process broke off is done, and not done again', async () => {
  await using boxes = new Boxes()
  const { keeper, till, hand } = await shop(boxes)
  hand.seeing = true
  hand.hold = (job) => {
    hand.done.push(job.order)
    return new Promise(() => {})
  }
  await issue(keeper, till, 'restart-1', { kind: 'fair.restart', params: {} })
  await until(() => hand.done.length === 1)
  await till.stop()
  await till.start()
  await until(() => outcome(keeper, 'restart-1') === 'done')
  expect(hand.began).toEqual(['restart-1'])
})

test('ORDER-4 what had not been accepted is given again after a restart, and runs then', async () => {
  await using boxes = new Boxes()
  const { keeper, till, hand } = await shop(boxes)
  hand.hold = ({ order }) => (order === 'restart-1' ? new Promise(() => {}) : Promise.resolve(undefined))
  await issue(keeper, till, 'restart-1', { kind: 'fair.restart', params: {} })
  await until(() => hand.began.length === 1)
  await issue(keeper, till, 'order-02')
  await till.stop()
  await till.start()
  await until(() => outcome(keeper, 'order-02') === 'done')
  expect(hand.began).toEqual(['restart-1', 'order-02'])
  expect(outcome(keeper, 'restart-1')).toBe('unknown')
})

test('ORDER-8 a keeper says expired only of what it never gave out', { timeout: 90_000 }, async () => {
  await using boxes = new Boxes()
  const { keeper, till, hand } = await shop(boxes)
  boxes.cut.add('keeper-till')
  await issue(keeper, till, 'order-01', { lifeMs: 10_000 })
  await until(() => outcome(keeper, 'order-01') === 'expired', 12_000)
  boxes.cut.clear()
  await issue(keeper, till, 'order-02')
  await until(() => outcome(keeper, 'order-02') === 'done', 20_000)
  expect(hand.began).toEqual(['order-02'])
})

test('ORDER-13 a cancelled order that waits does not begin; one that runs is told to stop', async () => {
  await using boxes = new Boxes()
  const { keeper, till, hand } = await shop(boxes)
  hand.hold = ({ stop }) =>
    new Promise((resolve) => {
      stop.addEventListener('abort', () => resolve({ is: 'failed', error: 'stopped half way' }))
    })
  for (const id of ['order-01', 'order-02', 'order-03', 'order-04', 'order-05']) await issue(keeper, till, id)
  await until(() => hand.began.length === 4)
  await ask(keeper, 'order.cancel', { order: 'order-05' })
  await until(() => outcome(keeper, 'order-05') === 'cancelled')
  await ask(keeper, 'order.cancel', { order: 'order-01' })
  await until(() => outcome(keeper, 'order-01') === 'cancelled')
  expect(hand.began).not.toContain('order-05')
  expect(hand.done).toEqual([])
})

test('a box without a driver for a kind refuses the order', async () => {
  await using boxes = new Boxes()
  const { keeper, till } = await shop(boxes)
  await till.stop()
  till.drivers = {}
  await till.start()
  await issue(keeper, till, 'order-01')
  await until(() => outcome(keeper, 'order-01') !== 'none')
  expect(outcome(keeper, 'order-01')).toBe('refused')
})

test('ORDER-9 an order of a lost branch is given to nobody again', { timeout: 60_000 }, async () => {
  await using boxes = new Boxes()
  const { keeper, till, hand, office } = await shop(boxes)
  await till.stop()
  await issue(keeper, till, 'order-01')
  await issue(keeper, keeper, 'order-02')
  await until(() => outcome(keeper, 'order-02') === 'done')
  await keeper.stop()
  await till.start()
  await until(() => till.site().n > 0)
  expect(await till.box.takeOver('fair', 'lead')).toMatchObject({ is: 'answered' })
  await keeper.start()
  await until(() => keeper.site().chain === till.site().chain && till.site().orphans >= 2, 15_000)
  await issue(till, till, 'order-03')
  await until(() => outcome(till, 'order-03') === 'done')
  expect([hand.began, office.began]).toEqual([['order-03'], ['order-02']])
  expect(row(till, 'order-01')).toBeUndefined()
  const news = () =>
    till.views.get('fair')?.prepare('SELECT "order", kind FROM kernel_orderNews ORDER BY n').all() ?? []
  await until(() => news().length === 2)
  expect(news().map((each) => ({ ...each }))).toEqual([
    { order: 'order-02', kind: 'order.accepted' },
    { order: 'order-02', kind: 'order.ended' },
  ])
})
