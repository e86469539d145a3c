import { beforeEach, describe, expect, test } from 'vitest'
import type { Write } from '../../store/truth.ts'
import { StoreError } from '../../store/truth.ts'
import { manualMachine, settled } from '../manual-machine.ts'
import { toyKnown } from '../pack/toy-pack.ts'
import type { Delivered, Delivery } from './delivery.ts'
import { OrderDesk } from './desk.ts'
import type { Job, OrderDriver, Tried } from './driver.ts'
import { ended } from './report.ts'
import { overrunMs, stopWithinMs, Try } from './try.ts'

const given = (order: string, change: Partial<Delivered> = {}): Delivered => ({
  order,
  n: 1,
  kind: 'toy.print',
  params: { pages: 1 },
  mode: 'once',
  runMs: 60_000,
  stops: false,
  priority: 5,
  accepted: 0,
  leftMs: 30_000,
  ...change,
})
const lamp = (order: string, change: Partial<Delivered> = {}) =>
  given(order, { kind: 'toy.lamp', params: { on: true }, mode: 'repeat', ...change })

/** A box at its desk: the disk and the keeper are told what to do, the driver's ends come by hand. */
class Shop {
  readonly time = manualMachine()
  readonly notes = new Map<string, string>()
  /** What stands on the disk, in its order. */
  readonly said: string[] = []
  readonly began: string[] = []
  readonly jobs = new Map<string, { job: Job; end: (tried: Tried) => void }>()
  delivery: Delivery | undefined
  disk: 'well' | 'refuses' | 'stalls' = 'well'
  release = () => {}
  desk: OrderDesk

  constructor() {
    this.desk = this.start()
  }

  start(check?: OrderDriver['check']): OrderDesk {
    const driver: OrderDriver = {
      run: (job) => {
        this.began.push(`${job.order} ${job.attempt}`)
        return new Promise((end) => this.jobs.set(job.order, { job, end }))
      },
      check,
    }
    this.desk = new OrderDesk({
      site: 'fair',
      machine: this.time.machine,
      known: toyKnown,
      drivers: { 'toy.print': driver, 'toy.lamp': driver, 'toy.restart': driver },
      record: (facts, beside) => this.record(facts, beside),
      ask: async () => this.delivery,
    })
    this.desk.open(this.notes)
    return this.desk
  }

  async record(facts: readonly { kind: string; body: unknown }[], beside: readonly Write[]): Promise<void> {
    if (this.disk === 'refuses') throw new StoreError('full', 'no room')
    if (this.disk === 'stalls') await new Promise<void>((resolve) => (this.release = resolve))
    for (const { kind, body } of facts) {
      const { order, outcome, attempt } = body as { order: string; outcome?: string; attempt?: number }
      this.said.push(`${order} ${kind === 'order.accepted' ? `accepted ${attempt}` : outcome}`)
    }
    for (const write of beside) if (write.do === 'note') this.notes.set(write.name, write.value)
  }

  async get(delivery: Partial<Delivery>): Promise<void> {
    this.delivery = { orders: [], cancelled: [], more: false, ...delivery }
    this.desk.pull()
    await settled()
  }

  async pass(ms: number): Promise<void> {
    this.time.pass(ms)
    await settled()
  }

  async ends(order: string, tried: Tried = { is: 'done' }): Promise<void> {
    this.jobs.get(order)?.end(tried)
    await settled()
  }
}

let shop: Shop
beforeEach(() => {
  shop = new Shop()
})

test('ORDER-3 nothing begins before its acceptance is on disk', async () => {
  shop.disk = 'stalls'
  await shop.get({ orders: [given('order-01')] })
  await shop.pass(5_000)
  expect([shop.began, shop.said]).toEqual([[], []])
  shop.release()
  await settled()
  expect([shop.began, shop.said]).toEqual([['order-01 1'], ['order-01 accepted 1']])
})

test('ORDER-6 what the disk took too late to accept does not begin: its box knows that it expired', async () => {
  shop.disk = 'stalls'
  await shop.get({ orders: [given('order-01', { leftMs: 2_000 })] })
  await shop.pass(2_000)
  shop.disk = 'well'
  shop.release()
  await settled()
  expect([shop.began, shop.said]).toEqual([[], ['order-01 accepted 1', 'order-01 expired']])
})

test('ORDER-6 time that the answer took is not time left', async () => {
  let answer: (delivery: Delivery) => void = () => {}
  const desk = new OrderDesk({
    site: 'fair',
    machine: shop.time.machine,
    known: toyKnown,
    drivers: { 'toy.print': { run: () => Promise.reject(new Error('it began')) } },
    record: (facts, beside) => shop.record(facts, beside),
    ask: () => new Promise((resolve) => (answer = resolve)),
  })
  desk.open(new Map())
  desk.pull()
  await settled()
  await shop.pass(5_000)
  answer({ orders: [given('order-01', { leftMs: 5_000 })], cancelled: [], more: false })
  await settled()
  expect(shop.said).toEqual(['order-01 expired'])
})

test('ORDER-6 an order that waits behind a barrier until it is too late, expires', async () => {
  const restart = given('restart-1', { kind: 'toy.restart', params: {}, mode: 'barrier', priority: 1 })
  await shop.get({ orders: [restart, given('order-01')] })
  expect(shop.began).toEqual(['restart-1 1'])
  await shop.pass(30_000)
  expect(shop.said).toEqual(['restart-1 accepted 1', 'order-01 expired'])
})

test('ORDER-4 given twice, it runs once, while it runs and after', async () => {
  await shop.get({ orders: [given('order-01')] })
  await shop.get({ orders: [given('order-01')] })
  await shop.ends('order-01')
  await shop.get({ orders: [given('order-01')] })
  expect([shop.began, shop.said]).toEqual([['order-01 1'], ['order-01 accepted 1', 'order-01 done']])
})

test('ORDER-4 once: a restart of the box ends it, as unknown, without being told', async () => {
  await shop.get({ orders: [given('order-01')] })
  shop.desk.stop()
  shop.start()
  await settled()
  await shop.get({ orders: [given('order-01', { accepted: 1 })] })
  expect([shop.began, shop.said]).toEqual([['order-01 1'], ['order-01 accepted 1', 'order-01 unknown']])
})

test('ORDER-4 a box that lost its memory believes the log: what was accepted is not begun again', async () => {
  await shop.get({ orders: [given('order-01', { accepted: 1 }), lamp('order-02', { accepted: 3 })] })
  expect([shop.began, shop.said.toSorted()]).toEqual([[], ['order-01 unknown', 'order-02 failed']])
})

test('ORDER-4 a repeatable order is tried three times, 5 and 30 s apart, each accepted first', async () => {
  await shop.get({ orders: [lamp('order-01', { leftMs: 90_000 })] })
  for (const ms of [5_000, 30_000]) {
    await shop.ends('order-01', { is: 'failed', error: 'dark' })
    await shop.pass(ms - 1)
    const before = shop.began.length
    await shop.pass(1)
    expect(shop.began.length).toBe(before + 1)
  }
  await shop.ends('order-01', { is: 'failed', error: 'dark' })
  expect(shop.began).toEqual(['order-01 1', 'order-01 2', 'order-01 3'])
  expect(shop.said).toEqual([
    'order-01 accepted 1',
    'order-01 accepted 2',
    'order-01 accepted 3',
    'order-01 failed',
  ])
})

test('ORDER-6 no further try begins after the deadline', async () => {
  await shop.get({ orders: [lamp('order-01', { leftMs: 6_000 })] })
  await shop.pass(1_000)
  await shop.ends('order-01', { is: 'failed', error: 'dark' })
  await shop.pass(5_000)
  expect([shop.began, shop.said]).toEqual([['order-01 1'], ['order-01 accepted 1', 'order-01 failed']])
})

test('ORDER-4 a repeatable order that broke off is tried again when it is given again', async () => {
  await shop.get({ orders: [lamp('order-01')] })
  shop.desk.stop()
  shop.start()
  await settled()
  expect(shop.said).toEqual(['order-01 accepted 1'])
  await shop.get({ orders: [lamp('order-01', { accepted: 1 })] })
  await shop.pass(5_000)
  expect(shop.began).toEqual(['order-01 1', 'order-01 2'])
})

test('ORDER-4 a repeatable order that broke off, and is not given again, ends as unknown', async () => {
  await shop.get({ orders: [lamp('order-01')] })
  shop.desk.stop()
  shop.start()
  await shop.get({})
  expect(shop.said).toEqual(['order-01 accepted 1', 'order-01 unknown'])
})

test('ORDER-4 nothing new begins before what broke off was looked at', async () => {
  await shop.get({ orders: [given('order-01')] })
  shop.desk.stop()
  let look: (tried: Tried) => void = () => {}
  shop.start(() => new Promise((resolve) => (look = resolve)))
  await shop.get({ orders: [given('order-02')] })
  expect(shop.began).toEqual(['order-01 1'])
  look({ is: 'done', result: 3 })
  await settled()
  expect(shop.said.toSorted()).toEqual(['order-01 accepted 1', 'order-01 done', 'order-02 accepted 1'])
})

test('ORDER-4 a driver that cannot say within a minute what came of it, cannot tell', async () => {
  await shop.get({ orders: [given('order-01')] })
  shop.desk.stop()
  shop.start(() => new Promise(() => {}))
  await shop.pass(60_000)
  expect(shop.said).toEqual(['order-01 accepted 1', 'order-01 unknown'])
})

test('ORDER-7 a try that runs for too long is told, and given up 10 s later', async () => {
  await shop.get({ orders: [given('order-01', { runMs: 8_000 })] })
  await shop.pass(8_000)
  expect(shop.jobs.get('order-01')?.job.stop.aborted).toBe(true)
  await shop.pass(overrunMs)
  expect(shop.said).toEqual(['order-01 accepted 1', 'order-01 unknown'])
})

describe('ORDER-13 cancelling', () => {
  test('what waits does not begin', async () => {
    shop.disk = 'refuses'
    await shop.get({ orders: [given('order-01')] })
    await shop.get({ cancelled: [{ order: 'order-01', accepted: 0 }] })
    shop.disk = 'well'
    await shop.pass(2_000)
    expect([shop.began, shop.said]).toEqual([[], ['order-01 cancelled']])
  })

  test('what never came is cancelled too, and does not run if it comes later', async () => {
    await shop.get({ cancelled: [{ order: 'order-01', accepted: 0 }] })
    await shop.get({ orders: [given('order-01')] })
    expect([shop.began, shop.said]).toEqual([[], ['order-01 cancelled']])
  })

  test('of what the log says was begun, and this box forgot, nobody says that it was not', async () => {
    await shop.get({ cancelled: [{ order: 'order-01', accepted: 1 }] })
    expect(shop.said).toEqual(['order-01 unknown'])
  })

  test('what runs and can stop is told; if it does not stop within 30 s, nobody knows', async () => {
    await shop.get({ orders: [given('order-01', { stops: true }), given('order-02', { stops: true })] })
    const cancelled = ['order-01', 'order-02'].map((order) => ({ order, accepted: 1 }))
    await shop.get({ cancelled })
    expect(shop.jobs.get('order-01')?.job.stop.aborted).toBe(true)
    await shop.ends('order-01', { is: 'failed', error: 'half a page' })
    await shop.pass(stopWithinMs)
    expect(shop.said.slice(2)).toEqual(['order-01 cancelled', 'order-02 unknown'])
  })

  test('what runs and cannot stop comes to its own end', async () => {
    await shop.get({ orders: [given('order-01')] })
    await shop.get({ cancelled: [{ order: 'order-01', accepted: 1 }] })
    expect(shop.jobs.get('order-01')?.job.stop.aborted).toBe(false)
    await shop.ends('order-01')
    expect(shop.said).toEqual(['order-01 accepted 1', 'order-01 done'])
  })

  test('what came to its effect all the same is done', async () => {
    await shop.get({ orders: [given('order-01', { stops: true })] })
    await shop.get({ cancelled: [{ order: 'order-01', accepted: 1 }] })
    await shop.ends('order-01')
    expect(shop.said).toEqual(['order-01 accepted 1', 'order-01 done'])
  })
})

test('what its keeper gives no more, and was not begun, is let go without a word', async () => {
  const restart = given('restart-1', { kind: 'toy.restart', params: {}, mode: 'barrier', priority: 1 })
  await shop.get({ orders: [restart, given('order-01')] })
  await shop.get({ orders: [restart] })
  await shop.ends('restart-1')
  expect([shop.began, shop.said]).toEqual([['restart-1 1'], ['restart-1 accepted 1', 'restart-1 done']])
})

test('a disk that refuses lets nothing begin, and no end be lost', async () => {
  shop.disk = 'refuses'
  await shop.get({ orders: [given('order-01')] })
  expect(shop.began).toEqual([])
  shop.disk = 'well'
  await shop.pass(2_000)
  shop.disk = 'refuses'
  await shop.ends('order-01')
  await shop.pass(20_000)
  expect(shop.said).toEqual(['order-01 accepted 1'])
  shop.disk = 'well'
  await shop.pass(2_000)
  expect(shop.said).toEqual(['order-01 accepted 1', 'order-01 done'])
})

test('a kind without a driver, and parameters that do not fit, are refused before anything begins', async () => {
  const orders = [given('order-01', { kind: 'toy.fly' }), given('order-02', { params: { pages: 'x' } })]
  await shop.get({ orders })
  expect([shop.began, shop.said.toSorted()]).toEqual([[], ['order-01 refused', 'order-02 refused']])
})

test('a result that does not fit is left out, and that is said; the outcome stands', () => {
  const long = ended('order-01', { outcome: 'done', result: 'x'.repeat(30_000) }, 5)
  const error = 'its result is no JSON, or too long: put it into a blob'
  expect(long.body).toEqual({ order: 'order-01', outcome: 'done', result: null, error, ms: 5 })
  const loop: { self?: unknown } = {}
  loop.self = loop
  expect(ended('order-01', { outcome: 'failed', result: loop, error: 'first' }, 5).body).toMatchObject({
    error: 'first',
  })
})

test('a driver that throws has failed', async () => {
  const broken = new Try({ run: () => Promise.reject(new Error('no paper')) }, shop.time.machine.timers)
  const job = { site: 'fair', order: 'order-01', params: null, attempt: 1, leftMs: () => 1 }
  expect(await broken.run(job, 10)).toEqual({ outcome: 'failed', error: 'no paper' })
  expect(shop.time.pending()).toBe(0)
})

test('a keeper that does not answer is asked again, at growing distances; nothing is left after stop', async () => {
  shop.desk.pull()
  await settled()
  await shop.pass(1_000)
  await shop.pass(1_000)
  shop.delivery = { orders: [given('order-01')], cancelled: [], more: false }
  expect(shop.began).toEqual([])
  await shop.pass(1_000)
  expect(shop.began).toEqual(['order-01 1'])
  shop.desk.stop()
  await shop.ends('order-01')
  expect(shop.said).toEqual(['order-01 accepted 1'])
})
