import { describe, expect, test, vi } from 'vitest'
import { House } from './house.ts'
import { Page, shows } from './page.ts'
import { Proxy } from './proxy.ts'

const fair = { site: 'fair' } as const

describe('a page that reads', () => {
  test('shows what is so, then what changes, with the site where it asked for all', async () => {
    await using house = await House.open()
    await house.grant('ada', 5)
    using page = new Page(house.port)
    const books = page.client.query('fair.books', {})
    expect(books.now()).toMatchObject({ state: 'starting', rows: [], at: {} })
    expect(books.now().age()).toBeUndefined()
    const first = await shows(books, ({ state }) => state === 'live')
    expect(first.rows).toContainEqual({ site: 'fair', account: 'wallet:ada', cents: 5 })
    await house.grant('ada', 5)
    const next = await shows(books, ({ rows }) => rows.some(({ cents }) => cents === 10))
    expect(next.at['fair']).toBeGreaterThan(first.at['fair'] ?? 0)
    const wallet = page.client.query('fair.wallet', { tag: 'ada' }, fair)
    await shows(wallet, ({ rows }) => rows[0]?.cents === 10)
    wallet.stop()
    const told: number[] = []
    books.subscribe(({ rows }) => told.push(rows.length))
    expect(told).toEqual([2])
  })

  test('CLIENT-2 CLIENT-3 comes again when the box is back, and hears that nothing has changed', async () => {
    await using house = await House.open()
    await house.grant('ada', 5)
    await using proxy = await Proxy.open(() => house.port)
    using page = new Page(proxy.port)
    const states: string[] = []
    page.client.onLine(({ is }) => states.push(is))
    const books = page.client.query('fair.books', {}, fair)
    await shows(books, ({ state }) => state === 'live')
    proxy.cut()
    const old = await shows(books, ({ state }) => state === 'old')
    expect(old.rows).toHaveLength(2)
    proxy.mend()
    await shows(books, ({ state }) => state === 'live')
    expect(page.kinds).toEqual(['reading', 'rows', 'reading', 'same'])
    expect(states).toEqual(['open', 'away', 'open'].toSpliced(0, 0, 'closed'))
    await house.stop()
    await shows(books, ({ state }) => state === 'old')
    await house.start()
    await house.grant('ada', 5)
    await shows(books, ({ state, rows }) => state === 'live' && rows.some(({ cents }) => cents === 10))
  })

  test('CLIENT-2 waits longer after each failure, and not at all when somebody looks', async () => {
    await using house = await House.open()
    await using proxy = await Proxy.open(() => house.port)
    proxy.cut()
    using page = new Page(proxy.port)
    const books = page.client.query('fair.books', {}, fair)
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect(proxy.dials).toBeGreaterThanOrEqual(3)
    expect(proxy.dials).toBeLessThanOrEqual(5)
    proxy.mend()
    const [dials, since] = [proxy.dials, performance.now()]
    page.wake()
    await shows(books, ({ state }) => state === 'live')
    expect(proxy.dials).toBe(dials + 1)
    expect(performance.now() - since).toBeLessThan(1_000)
  })

  test('CLIENT-4 confirms what came, so that it is told more', async () => {
    await using house = await House.open()
    for (let each = 0; each < 600; each += 1) await house.grant(`visitor-number-${each}`)
    using page = new Page(house.port)
    const books = page.client.query('fair.books', {}, fair)
    await shows(books, ({ rows }) => rows.length > 600)
    await vi.waitFor(() =>
      expect(page.said.some(({ t, count }) => t === 'got' && Number(count) > 1)).toBe(true),
    )
    await house.grant('ada', 77)
    await shows(books, ({ rows }) => rows.some(({ cents }) => cents === 77))
  })

  test('CLIENT-5 CLIENT-6 says how old it is when the line dies without a word, and finds another', async () => {
    await using house = await House.open()
    await house.grant('ada', 5)
    await using proxy = await Proxy.open(() => house.port)
    const speed = 10
    using page = new Page(proxy.port, { speed })
    const books = page.client.query('fair.books', {}, fair)
    await shows(books, ({ state }) => state === 'live')
    proxy.goDeaf()
    const since = performance.now()
    const old = await shows(books, ({ state }) => state === 'old')
    expect(page.client.line().is).toBe('quiet')
    expect((performance.now() - since) * speed).toBeLessThan(10_000 + 300 * speed)
    expect(Math.abs((old.age() ?? 0) - (performance.now() - since) * speed)).toBeLessThan(5_000)
    proxy.mend()
    page.heard.length = 0
    await shows(books, ({ state }) => state === 'live')
    expect(page.kinds).toEqual(['reading', 'same'])
    expect(books.now().age()).toBeLessThan(2_000)
  })

  test('CLIENT-6 a page that hears nothing new stays live for as long as the box answers its beats', async () => {
    await using house = await House.open()
    await house.grant('ada', 5)
    using page = new Page(house.port, { speed: 10 })
    const books = page.client.query('fair.books', {}, fair)
    await shows(books, ({ state }) => state === 'live')
    const states: string[] = []
    books.subscribe(({ state }) => states.push(state))
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(states).toEqual(['live'])
    expect(books.now().age()).toBeLessThan(6_000)
    expect(page.said.filter(({ t }) => t === 'beat').length).toBeGreaterThanOrEqual(4)
  })

  test('CLIENT-7 asks once for all parts that ask the same, in whatever words, and stops after the last', async () => {
    await using house = await House.open()
    using page = new Page(house.port, { speed: 10 })
    const { client } = page
    const [one, two] = [client.query('orphans', {}, fair), client.query('orphans', {}, fair)]
    house.reception.set('anna', { fair: ['lead'] })
    client.renew()
    const other = client.query('orphans', { settled: false }, fair)
    for (const reading of [one, two, other]) await shows(reading, ({ state }) => state === 'live')
    expect(house.box.box.live.readers).toBe(1)
    expect(page.heard.some(({ code }) => code === 'read-already')).toBe(true)
    one.stop()
    two.stop()
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(house.box.box.live.readers).toBe(1)
    other.stop()
    await vi.waitFor(() => expect(house.live.sockets()).toBe(0), 3_000)
  })

  test('CLIENT-8 a refusal is shown with its code, and is asked again when roles have changed', async () => {
    await using house = await House.open()
    house.reception.set('anna', {})
    using page = new Page(house.port, { speed: 30 })
    const books = page.client.query('fair.books', {}, fair)
    const refused = await shows(books, ({ state }) => state === 'refused')
    expect(refused.why).toEqual({ code: 'not-allowed', detail: { site: 'fair' } })
    house.reception.set('anna', { fair: ['viewer'] })
    await shows(books, ({ state }) => state === 'live')
    house.reception.set('anna', {})
    await shows(books, ({ state }) => state === 'refused')
  })

  test('CLIENT-8 who reads all sites is told of one more without asking', async () => {
    await using house = await House.open()
    house.reception.set('anna', { fair: ['viewer'], hall: ['viewer'] })
    using page = new Page(house.port)
    const books = page.client.query('fair.books', {})
    await shows(books, ({ at }) => 'fair' in at)
    await house.found('hall')
    const all = await shows(books, ({ state, at }) => state === 'live' && 'hall' in at)
    expect(Object.keys(all.at)).toEqual(['fair', 'hall'])
  })

  test('CLIENT-9 knows the time of the box, and how well', async () => {
    await using house = await House.open()
    house.box.vouch = { within: 5, by: 'network' }
    using page = new Page(house.port)
    const books = page.client.query('fair.books', {}, fair)
    await shows(books, ({ state }) => state === 'live')
    const time = await vi.waitFor(() => {
      const now = page.client.time()
      if (!now) throw new Error('it does not know')
      return now
    })
    const box = house.box.box.time()
    expect(time.within).toBeLessThan(500)
    expect(Math.abs(time.ms - (box[0] + (box[1] ?? 0)))).toBeLessThanOrEqual(time.within + 20)
  })
})
