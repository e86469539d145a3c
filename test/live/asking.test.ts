import { describe, expect, test, vi } from 'vitest'
import { memoryAsks } from '../../src/web/live/memory-asks.ts'
import { House } from './house.ts'
import { Page, shows } from './page.ts'
import { Proxy } from './proxy.ts'

const fair = { site: 'fair' } as const

async function cents(house: House, tag: string): Promise<number | undefined> {
  const asked = await house.box.box.live.ask({ query: 'fair.wallet', sites: 'fair', input: { tag } })
  const [row] = asked.is === 'answer' ? asked.rows.values() : []
  return row === undefined ? undefined : (JSON.parse(row) as { cents: number }).cents
}

describe('a page that asks for something', () => {
  test('CLIENT-13 hears how it ended, and keeps that until somebody has seen it', async () => {
    await using house = await House.open()
    using page = new Page(house.port)
    const { key, ended } = await page.client.act('fair.grant', { tag: 'ada', cents: 5 }, fair)
    expect(await ended).toMatchObject({ is: 'answered', answer: { left: [-5, 5] }, copies: 1, again: false })
    const paid = await page.client.act('fair.pay', { tag: 'ada', stall: 'crepes', cents: 9 }, fair)
    expect(await paid.ended).toMatchObject({ is: 'refused', code: 'insufficient' })
    expect(page.client.asks.now().map(({ state }) => state.is)).toEqual(['answered', 'refused'])
    await page.client.asks.forget(key)
    await page.ask(paid.key, 'refused')
    await vi.waitFor(() => expect(page.client.asks.now()).toHaveLength(1))
    expect(house.heard.map(({ name, site }) => [name, site])).toEqual([
      ['fair.grant', 'fair'],
      ['fair.pay', 'fair'],
    ])
  })

  test('CLIENT-10 CLIENT-13 while the box is away nothing counts as sent, and all of it is sent when it is back', async () => {
    await using house = await House.open()
    await using proxy = await Proxy.open(() => house.port)
    proxy.cut()
    using page = new Page(proxy.port)
    const { act, asks } = page.client
    const first = await act('fair.topUp', { tag: 'ada', cents: 5 }, fair)
    const second = await act('fair.topUp', { tag: 'ada', cents: 7 }, fair)
    const third = await act('fair.payBack', { tag: 'ada', cents: 12 }, fair)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(asks.now().map(({ state }) => state)).toEqual(Array(3).fill({ is: 'waiting', why: null }))
    expect(await asks.drop(second.key)).toBe(true)
    expect(await asks.drop('no such key')).toBe(false)
    await vi.waitFor(() => expect(asks.now()).toHaveLength(2))
    proxy.mend()
    page.wake()
    expect(await first.ended).toMatchObject({ is: 'answered' })
    expect(await third.ended).toMatchObject({ is: 'refused' })
    expect(house.heard.map(({ key }) => key)).toEqual([first.key, third.key])
    expect(await asks.drop(first.key)).toBe(false)
  })

  test('CLIENT-10 what is asked for twice under a key of the page is one thing', async () => {
    await using house = await House.open()
    using page = new Page(house.port)
    const more = { ...fair, key: 'photo 17 was seen' }
    const both = await Promise.all(
      [1, 2].map(() => page.client.act('fair.grant', { tag: 'ada', cents: 5 }, more)),
    )
    for (const { ended } of both) expect(await ended).toMatchObject({ is: 'answered' })
    const again = await page.client.act('fair.grant', { tag: 'ada', cents: 5 }, more)
    expect(await again.ended).toMatchObject({ is: 'answered' })
    expect(house.heard.map(({ key }) => key)).toEqual([more.key])
  })

  test('CLIENT-11 a break in the middle leads to another try with the same key, and to one effect', async () => {
    await using house = await House.open()
    await using proxy = await Proxy.open(() => house.port)
    using page = new Page(proxy.port)
    // The box decides, and its answer is lost.
    const [act, hits] = [house.box.box.act.bind(house.box.box), { count: 0 }]
    Object.assign(house.box.box, {
      act: async (...asked: Parameters<typeof act>) => {
        const answer = await act(...asked)
        hits.count += 1
        if (hits.count === 1) proxy.cut()
        return answer
      },
    })
    const { key, ended } = await page.client.act('fair.grant', { tag: 'ada', cents: 5 }, fair)
    await page.ask(key, 'unknown')
    expect(await page.client.asks.drop(key)).toBe(false)
    proxy.mend()
    expect(await ended).toMatchObject({ is: 'answered', again: true })
    expect(house.heard.map((each) => each.key)).toEqual([key, key])
    expect(await cents(house, 'ada')).toBe(5)
  })

  test('CLIENT-11 what a page left behind is sent by the next one, in its order', async () => {
    await using house = await House.open()
    await using proxy = await Proxy.open(() => house.port)
    proxy.cut()
    const store = memoryAsks()
    const keys: string[] = []
    {
      using page = new Page(proxy.port, { store })
      for (let cent = 1; cent <= 5; cent += 1) {
        const { key } = await page.client.act('fair.topUp', { tag: 'ada', cents: cent }, fair)
        keys.push(key)
      }
    }
    proxy.mend()
    using again = new Page(proxy.port, { store })
    for (const key of keys) await again.ask(key, 'answered')
    expect(house.heard.map(({ key }) => key)).toEqual(keys)
    expect(house.heard.every(({ doneAt }) => /^\d{13}$/.test(doneAt ?? ''))).toBe(true)
    expect(await cents(house, 'ada')).toBe(15)
  })

  test('CLIENT-11 one site does not wait for another, nor for what the box keeps for its keeper', async () => {
    await using house = await House.open()
    await house.found('hall')
    house.reception.set('anna', { fair: ['volunteer'], hall: ['volunteer'] })
    await house.grant('ada', 10)
    using page = new Page(house.port, { speed: 5 })
    const box = house.box.box
    const act = box.act.bind(box)
    let isAway = true
    Object.assign(box, {
      act: async (...[site, ask]: Parameters<typeof act>) => {
        if (site === 'hall' && isAway) return { is: 'unknown', why: 'the keeper did not answer' }
        if (ask.action === 'fair.topUp' && isAway) return { is: 'waiting', until: [0, null, 0] }
        return act(site, ask)
      },
    })
    const hall = await page.client.act('fair.topUp', { tag: 'ada', cents: 1 }, { site: 'hall' })
    const next = await page.client.act('fair.topUp', { tag: 'bob', cents: 1 }, { site: 'hall' })
    const kept = await page.client.act('fair.topUp', { tag: 'ada', cents: 2 }, fair)
    const here = await page.client.act('fair.payBack', { tag: 'ada', cents: 4 }, fair)
    expect(await here.ended).toMatchObject({ is: 'answered' })
    await page.ask(kept.key, 'held')
    const unknown = await page.ask(hall.key, 'unknown')
    expect(unknown.state).toHaveProperty('why', expect.stringContaining(' '))
    expect((await page.ask(next.key, 'waiting')).state).toEqual({ is: 'waiting', why: null })
    isAway = false
    page.wake()
    for (const { ended } of [hall, next, kept]) expect(await ended).toMatchObject({ is: 'answered' })
    expect(await cents(house, 'ada')).toBe(8)
  })

  test('CLIENT-12 says when it was done: by the time of the box, and how long ago by its own clock', async () => {
    await using house = await House.open()
    house.box.vouch = { within: 5, by: 'network' }
    await using proxy = await Proxy.open(() => house.port)
    using page = new Page(proxy.port)
    const books = page.client.query('fair.books', {}, fair)
    await shows(books, ({ state }) => state === 'live')
    await vi.waitFor(() => expect(page.client.time()).toBeDefined())
    proxy.cut()
    await shows(books, ({ state }) => state === 'old')
    const [mono, offset] = house.box.box.time()
    await page.client.act('fair.topUp', { tag: 'ada', cents: 1 }, fair)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    proxy.mend()
    page.wake()
    await vi.waitFor(() => expect(house.heard).toHaveLength(1), 5_000)
    const [, at, within, ago] = /^(\d+);within=(\d+);ago=(\d+)$/.exec(house.heard[0]?.doneAt ?? '') ?? []
    expect(Math.abs(Number(at) - mono - (offset ?? 0))).toBeLessThan(Number(within) + 50)
    expect(Number(ago)).toBeGreaterThanOrEqual(1_000)
    expect(Number(ago)).toBeLessThan(4_000)
  })

  test('CLIENT-14 of several pages one sends, and all of them see it', async () => {
    await using house = await House.open()
    const store = memoryAsks()
    using one = new Page(house.port, { store })
    using two = new Page(house.port, { store })
    const asked = await Promise.all(
      Array.from({ length: 20 }, (_, cent) =>
        (cent % 2 ? one : two).client.act('fair.topUp', { tag: 'ada', cents: cent + 1 }, fair),
      ),
    )
    await Promise.all(asked.map(({ ended }) => ended))
    expect(house.heard.map(({ key }) => key).toSorted()).toEqual(asked.map(({ key }) => key).toSorted())
    expect(await cents(house, 'ada')).toBe(210)
    for (const { key } of asked) for (const page of [one, two]) await page.ask(key, 'answered')
  })

  test('CLIENT-15 what one person asked for is not sent as another', async () => {
    await using house = await House.open()
    await using proxy = await Proxy.open(() => house.port)
    proxy.cut()
    let who = 'anna'
    using page = new Page(proxy.port, { who: () => who })
    const annas = await page.client.act('fair.topUp', { tag: 'ada', cents: 1 }, fair)
    who = 'bob'
    const bobs = await page.client.act('fair.topUp', { tag: 'bob', cents: 1 }, fair)
    proxy.mend()
    page.client.renew()
    expect(await bobs.ended).toMatchObject({ is: 'answered' })
    expect((await page.ask(annas.key, 'waiting')).who).toBe('anna')
    who = 'anna'
    page.client.renew()
    expect(await annas.ended).toMatchObject({ is: 'answered' })
  })
})
