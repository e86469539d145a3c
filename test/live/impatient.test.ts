import { describe, expect, test, vi } from 'vitest'
import { memoryAsks } from '../../src/web/live/memory-asks.ts'
import { House } from './house.ts'
import { Page } from './page.ts'
import { Proxy } from './proxy.ts'

const fair = { site: 'fair' } as const
const close = { stall: 'crepes' }
const topUp = { tag: 'ada', cents: 5 }

describe('CLIENT-17 what may not wait', () => {
  test('CLIENT-17 is refused at once while the box is away, and not sent when it is back', async () => {
    await using house = await House.open()
    await using proxy = await Proxy.open(() => house.port)
    proxy.cut()
    using page = new Page(proxy.port)
    const waiting = await page.client.act('fair.topUp', topUp, fair)
    const began = performance.now()
    const grant = await page.client.act('fair.grant', topUp, fair)
    expect(await grant.ended).toEqual({
      is: 'refused',
      code: 'box-away',
      title: 'The box cannot be reached. Nothing was done.',
      doThis: 'This cannot wait: do it again when the box is back.',
      field: null,
    })
    expect(performance.now() - began).toBeLessThan(6_000)
    expect((await page.ask(waiting.key, 'waiting')).state).toEqual({ is: 'waiting', why: null })
    proxy.mend()
    page.wake()
    expect(await waiting.ended).toMatchObject({ is: 'answered' })
    expect(house.heard.map(({ key }) => key)).toEqual([waiting.key])
  })

  test('CLIENT-17 is sent while the box is there', async () => {
    await using house = await House.open()
    using page = new Page(house.port)
    expect(await (await page.client.act('fair.grant', topUp, fair)).ended).toMatchObject({ is: 'answered' })
  })

  test.each([
    { agoMs: 11_000, is: 'refused' },
    { agoMs: -11_000, is: 'refused' },
    { agoMs: 0, is: 'answered' },
  ])('CLIENT-17 was asked for by a page that is gone, $agoMs ms ago: $is', async ({ agoMs, is }) => {
    await using house = await House.open()
    const store = memoryAsks()
    const wall = Date.now() - agoMs
    const done = { ms: wall, within: null, mono: 1, wall, page: 'gone' }
    const state = { is: 'waiting', why: null } as const
    const asked = { who: '', site: 'fair', action: 'fair.grant', input: topUp, mayWait: false }
    const { key } = await store.add({ key: 'of a page that is gone', ...asked, done, state })
    using page = new Page(house.port, { store })
    const ended = await vi.waitFor(() => {
      const ask = page.client.asks.now().find((each) => each.key === key)
      if (ask?.state.is !== 'refused' && ask?.state.is !== 'answered') throw new Error('it has not ended')
      return ask
    }, 8_000)
    expect(ended.state).toMatchObject(is === 'refused' ? { is, code: 'not-in-time' } : { is })
    expect(house.heard).toHaveLength(is === 'refused' ? 0 : 1)
  })

  test('CLIENT-17 does not wait behind what must be asked again, nor for a keeper', async () => {
    await using house = await House.open()
    using page = new Page(house.port)
    const box = house.box.box
    const act = box.act.bind(box)
    const answers = new Map<string, unknown>([
      ['fair.topUp', { is: 'unknown', why: 'the keeper did not answer' }],
      ['fair.grant', { is: 'refused', code: 'keeper-away', detail: {} }],
    ])
    Object.assign(box, {
      act: async (...[site, ask]: Parameters<typeof act>) => answers.get(ask.action) ?? act(site, ask),
    })
    const grant = await page.client.act('fair.grant', topUp, fair)
    expect(await grant.ended).toMatchObject({ is: 'refused', code: 'keeper-away' })
    const stuck = await page.client.act('fair.topUp', topUp, fair)
    const behind = await page.client.act('fair.close', close, fair)
    expect(await behind.ended).toMatchObject({ is: 'refused', code: 'not-in-time' })
    answers.clear()
    page.wake()
    expect(await stuck.ended).toMatchObject({ is: 'answered' })
    expect(house.heard.map(({ name }) => name)).not.toContain('fair.close')
  })

  test('CLIENT-17 and may have been sent, is asked for until its last word', async () => {
    await using house = await House.open()
    using page = new Page(house.port)
    const box = house.box.box
    const act = box.act.bind(box)
    const asked: string[] = []
    Object.assign(box, {
      act: async (...[site, ask]: Parameters<typeof act>) => {
        asked.push(ask.key)
        const answer = await act(site, ask)
        if (asked.length === 1) return { is: 'unknown', why: 'the answer was lost' }
        return asked.length === 2 ? { is: 'refused', code: 'keeper-away', detail: {} } : answer
      },
    })
    const grant = await page.client.act('fair.grant', topUp, fair)
    expect(await grant.ended).toMatchObject({ is: 'answered', again: true })
    expect(new Set(asked).size).toBe(1)
    expect(asked).toHaveLength(3)
  })
})
