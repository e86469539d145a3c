import { describe, expect, test } from 'vitest'
import { ToyReader, toyLive } from './toy-live.ts'
import type { Wanted } from './live.ts'
import { readerBytes } from './topic.ts'

const accounts: Wanted = { query: 'toy.accounts', sites: 'fair', input: {} }
const account = (name: string): Wanted => ({
  query: 'toy.account',
  sites: 'fair',
  input: { account: name },
})

function reads(world: ReturnType<typeof toyLive>, wanted: Wanted, reader = new ToyReader()) {
  const reading = world.live.read(wanted, reader)
  if (reading.is === 'refused') throw new Error(reading.code)
  return Object.assign(reader, { reading })
}
const cents = (reader: ToyReader) =>
  Object.fromEntries([...reader.rows.values()].map((row) => Object.values(row as object)))

describe('LIVE-7 who reads a query', () => {
  test('gets all rows, then what changes, each with its place in the log', async () => {
    const world = toyLive()
    await world.give('ada', 5)
    const reader = reads(world, accounts)
    await world.pass(0)
    expect(reader.heard).toMatchObject([{ t: 'rows', at: { fair: 1 }, rows: [{ account: 'ada', cents: 5 }] }])
    await world.pass(100)
    await world.give('bob', 7)
    expect(reader.heard.at(-1)).toMatchObject({ t: 'change', at: { fair: 2 }, gone: [] })
    expect(cents(reader)).toEqual({ ada: 5, bob: 7 })
  })

  test('hears nothing of what does not touch it, nor of what changes nothing', async () => {
    const world = toyLive()
    const reader = reads(world, account('ada'))
    await world.give('ada', 5)
    await world.pass(2000)
    const heard = reader.heard.length
    const runs = world.runs.length
    await world.give('bob', 5)
    await world.pass(2000)
    expect(world.runs).toHaveLength(runs)
    expect(reader.heard).toHaveLength(heard)
    await world.give('ada', 5)
    await world.pass(2000)
    expect(cents(reader)).toEqual({ ada: 10 })
  })

  test('hears nothing more once it has stopped, and nothing runs for it', async () => {
    const world = toyLive()
    const reader = reads(world, accounts)
    await world.pass(100)
    reader.reading.stop()
    const runs = world.runs.length
    await world.give('ada', 5)
    await world.pass(1000)
    expect(reader.kinds).toEqual(['rows'])
    expect(world.runs).toHaveLength(runs)
    await world.pass(30_000)
    expect(world.live.topics).toBe(0)
    expect(world.pending()).toBe(0)
  })
})

describe('LIVE-6 a run', () => {
  test('LIVE-6 is shared by all who ask the same, and so are the bytes', async () => {
    const world = toyLive()
    const input = { least: 0 }
    const readers = [accounts, { ...accounts, input }, accounts].map((each) => reads(world, each))
    await world.pass(100)
    await world.give('ada', 5)
    await world.pass(100)
    expect(world.runs).toHaveLength(2)
    expect(readers.map(({ heard }) => heard.length)).toEqual([2, 2, 2])
    expect(new Set(readers.map(({ bytes }) => bytes[1])).size).toBe(1)
  })

  test('is shared by topics too, and each of them tells its own readers', async () => {
    const world = toyLive()
    const one = reads(world, accounts)
    await world.pass(100)
    const all = reads(world, { ...accounts, sites: ['fair'] }, new ToyReader(['site', 'account']))
    await world.pass(0)
    expect(all.kinds).toEqual(['rows'])
    await world.give('ada', 5)
    await world.pass(100)
    expect([one.kinds, all.kinds]).toEqual([
      ['rows', 'change'],
      ['rows', 'change'],
    ])
    expect(world.runs).toHaveLength(2)
  })

  test('is one at a time: what is touched meanwhile is in the next', async () => {
    const world = toyLive()
    const reader = reads(world, accounts)
    await world.pass(100)
    const open = world.hold()
    await world.give('ada', 1)
    for (let each = 0; each < 5; each += 1) await world.give('ada', 1)
    expect(world.runs).toHaveLength(2)
    await open()
    expect(cents(reader)['ada']).toBe(1)
    await world.pass(100)
    expect(world.runs).toHaveLength(3)
    expect(cents(reader)['ada']).toBe(6)
  })

  test('comes as often as the query allows, and no more than the quickest reader wants', async () => {
    const world = toyLive()
    reads(world, account('ada'))
    reads(world, { ...accounts, everyMs: 400 })
    reads(world, { ...accounts, everyMs: 100 })
    await world.pass(0)
    const before = world.runs.length
    for (let each = 0; each < 100; each += 1) {
      await world.give('ada', 1)
      await world.pass(10)
    }
    const during = world.runs.slice(before)
    expect(during.filter((run) => run.includes('toy.account ')).length).toBe(1)
    const many = during.filter((run) => run.includes('toy.accounts ')).length
    expect(many).toBeGreaterThanOrEqual(9)
    expect(many).toBeLessThanOrEqual(10)
  })

  test('does not come while nobody has room for what it gives', async () => {
    const world = toyLive()
    const reader = reads(world, accounts)
    await world.pass(100)
    reader.behind = readerBytes
    for (let each = 0; each < 50; each += 1) {
      await world.give('ada', 1)
      await world.pass(100)
    }
    expect(world.runs).toHaveLength(1)
    reader.behind = 0
    await world.pass(250)
    expect(world.runs).toHaveLength(2)
    expect(cents(reader)['ada']).toBe(50)
  })

  test('that finds nothing to read comes again', async () => {
    const world = toyLive()
    world.setAway(true)
    const reader = reads(world, accounts)
    await world.pass(1000)
    expect(reader.heard).toEqual([])
    expect(world.runs.length).toBeLessThanOrEqual(6)
    world.setAway(false)
    await world.pass(250)
    expect(reader.kinds).toEqual(['rows'])
  })
})

describe('LIVE-8 a slow reader', () => {
  test('is owed the newest only, in one message, however much has passed; others do not wait for it', async () => {
    const world = toyLive()
    for (const name of ['bob', 'cy', 'dan']) await world.give(name, 1)
    const [quick, slow] = [reads(world, accounts), reads(world, accounts)]
    await world.pass(100)
    slow.behind = readerBytes
    for (let each = 0; each < 20; each += 1) {
      await world.give('ada', 1)
      await world.pass(100)
    }
    expect(quick.heard).toHaveLength(21)
    expect(slow.heard).toHaveLength(1)
    slow.behind = 0
    slow.reading.drained()
    expect(slow.kinds).toEqual(['rows', 'change'])
    expect(cents(slow)).toEqual(cents(quick))
    expect(slow.at).toEqual(quick.at)
  })

  test('that nobody reports as drained is looked at again', async () => {
    const world = toyLive()
    const [quick, slow] = [reads(world, accounts), reads(world, accounts)]
    await world.pass(100)
    slow.behind = readerBytes
    await world.give('ada', 1)
    await world.pass(100)
    slow.behind = readerBytes - 1
    await world.pass(250)
    expect(cents(slow)).toEqual(cents(quick))
  })
})

describe('LIVE-10 who comes again', () => {
  test('and has what there is, is told that nothing has changed, after a restart of the box too', async () => {
    const world = toyLive()
    await world.give('ada', 5)
    const first = reads(world, accounts)
    await world.pass(100)
    const { has } = first
    first.reading.stop()
    const again = reads(world, { ...accounts, has })
    expect(again.kinds).toEqual(['same'])
    const restarted = toyLive()
    await restarted.give('ada', 5)
    const after = reads(restarted, { ...accounts, has })
    await restarted.pass(100)
    expect(after.heard).toMatchObject([{ t: 'same', at: { fair: 1 } }])
  })

  test('and lacks a little, gets the difference', async () => {
    const world = toyLive()
    await world.give('ada', 5)
    const first = reads(world, accounts)
    reads(world, accounts)
    await world.pass(100)
    first.reading.stop()
    for (let each = 0; each < 3; each += 1) {
      await world.give('bob', 1)
      await world.pass(100)
    }
    world.live.read({ ...accounts, has: first.has }, first)
    expect(first.heard.at(-1)).toMatchObject({ t: 'change', at: { fair: 4 } })
    expect(cents(first)).toEqual({ ada: 5, bob: 3 })
  })

  test('and has what nobody knows, gets all rows', async () => {
    const world = toyLive()
    await world.give('ada', 5)
    const reader = reads(world, { ...accounts, has: { hash: 'nonsense', at: { fair: 0 } } })
    await world.pass(100)
    expect(reader.kinds).toEqual(['rows'])
    expect(reader.heard[0]).not.toHaveProperty('anew')
  })

  test('from further on than this box looked, hears of no other log where nothing has changed since', async () => {
    const world = toyLive()
    await world.give('ada', 5)
    reads(world, account('ada'))
    await world.pass(2000)
    await world.give('bob', 5)
    await world.pass(2000)
    const other = toyLive()
    await other.give('ada', 5)
    await other.give('bob', 5)
    const there = reads(other, account('ada'))
    await other.pass(100)
    expect(there.at).toEqual({ fair: 2 })
    const here = reads(world, { ...account('ada'), has: there.has })
    await world.pass(2000)
    expect(here.heard).toMatchObject([{ t: 'same', at: { fair: 2 } }])
  })
})

describe('LIVE-11 where a log was given up', () => {
  test('its readers get all rows anew, and none of what is lost meanwhile', async () => {
    const world = toyLive()
    await world.give('ada', 5)
    const reader = reads(world, accounts)
    await world.pass(100)
    const open = world.hold()
    await world.give('ada', 1)
    world.live.gaveUp('fair')
    await open()
    await world.pass(1000)
    const late = reads(world, accounts)
    await world.pass(1000)
    expect([reader.heard.length, late.heard.length]).toEqual([1, 0])
    world.live.opened('fair')
    await world.pass(100)
    expect(reader.heard.at(-1)).toMatchObject({ t: 'rows', anew: true })
    expect(late.heard).toHaveLength(1)
    expect(late.heard[0]).not.toHaveProperty('anew')
  })

  test('while its reader was away, it gets all rows anew if it was further on', async () => {
    const world = toyLive()
    await world.give('ada', 5)
    const reader = reads(world, { ...accounts, has: { hash: 'lost', at: { fair: 9 } } })
    await world.pass(100)
    expect(reader.heard).toMatchObject([{ t: 'rows', anew: true, at: { fair: 1 } }])
  })
})

describe('LIVE-12 what goes wrong', () => {
  const even: Wanted = { query: 'toy.even', sites: 'fair', input: {} }

  test('in a query is said in words to its readers, once, and to nobody else; then it goes on', async () => {
    const world = toyLive()
    await world.give('ada', 2)
    const [reader, other] = [reads(world, even), reads(world, accounts)]
    await world.pass(100)
    await world.give('ada', 1)
    await world.pass(100)
    await world.give('ada', 2)
    await world.pass(100)
    expect(reader.heard.slice(1)).toEqual([{ t: 'failed', topic: reader.reading.topic, why: 'ada is odd' }])
    expect(other.kinds).toEqual(['rows', 'change', 'change'])
    const late = reads(world, even)
    expect(late.kinds).toEqual(['rows', 'failed'])
    await world.give('ada', 1)
    await world.pass(100)
    expect(reader.kinds).toEqual(['rows', 'failed', 'change'])
    expect(cents(late)).toEqual({ ada: 6, bank: -6 })
  })

  test.each([
    ['unknown-query', { query: 'toy.nothing', sites: 'fair', input: {} }],
    ['unknown-site', { query: 'toy.even', sites: 'elsewhere', input: {} }],
    ['malformed', { query: 'toy.account', sites: 'fair', input: { account: 5 } }],
    ['one-site', { query: 'toy.account', sites: ['fair', 'hall'], input: { account: 'a' } }],
    ['one-site', { query: 'toy.even', sites: [], input: {} }],
  ] as const)('%s: refused in a word, and nothing runs', (code, wanted) => {
    const world = toyLive(['fair', 'hall'])
    expect(world.live.read(wanted, new ToyReader())).toMatchObject({ is: 'refused', code })
    expect([world.runs.length, world.live.topics]).toEqual([0, 0])
  })
})

describe('LIVE-13 a run of over 20 ms', () => {
  test('is named: which query, where, with what, how long, how often', async () => {
    const world = toyLive()
    reads(world, accounts)
    await world.pass(100)
    expect(world.live.slow).toEqual([])
    world.setSlow(21)
    await world.give('ada', 1)
    await world.pass(100)
    world.setSlow(30)
    await world.give('bob', 1)
    await world.pass(200)
    expect(world.live.slow).toEqual([
      { site: 'fair', query: 'toy.accounts', input: '{"least":0}', ms: 30, rows: 2, times: 2 },
    ])
  })

  test('of exactly 20 ms is not', async () => {
    const world = toyLive()
    world.setSlow(20)
    reads(world, accounts)
    await world.pass(100)
    expect(world.live.slow).toEqual([])
  })
})

describe('LIVE-14 a query across sites', () => {
  const everywhere: Wanted = { ...accounts, sites: ['hall', 'fair'] }

  test('merges what its sites answer, each row with its site', async () => {
    const world = toyLive(['fair', 'hall'])
    await world.give('ada', 5)
    await world.give('ada', 7, 'hall')
    const reader = reads(world, everywhere, new ToyReader(['site', 'account']))
    expect(reader.reading.key).toEqual(['site', 'account'])
    await world.pass(100)
    expect(reader.at).toEqual({ fair: 1, hall: 1 })
    expect(reader.rows.get('["hall","ada"]')).toEqual({ site: 'hall', account: 'ada', cents: 7 })
    await world.give('bob', 1, 'hall')
    await world.pass(100)
    expect(reader.heard.at(-1)).toMatchObject({ t: 'change', at: { fair: 1, hall: 2 } })
    expect(reader.rows.size).toBe(3)
  })

  test('shares its runs with who reads one of its sites', async () => {
    const world = toyLive(['fair', 'hall'])
    reads(world, everywhere)
    reads(world, accounts)
    await world.pass(100)
    expect(world.runs).toHaveLength(2)
  })

  test('goes on where one site fails, and names it', async () => {
    const world = toyLive(['fair', 'hall'])
    const reader = reads(world, { ...everywhere, query: 'toy.even' }, new ToyReader(['site', 'account']))
    await world.pass(100)
    await world.give('ada', 1, 'hall')
    await world.give('bob', 2)
    await world.pass(100)
    expect(reader.heard.at(-1)).toMatchObject({ t: 'failed', why: 'hall: ada is odd' })
    expect(reader.rows.get('["fair","bob"]')).toMatchObject({ cents: 2 })
  })

  test('goes on where one site gave up its log, without what that one had', async () => {
    const world = toyLive(['fair', 'hall'])
    await world.give('ada', 5)
    await world.give('ada', 7, 'hall')
    const reader = reads(world, everywhere, new ToyReader(['site', 'account']))
    await world.pass(100)
    world.live.gaveUp('hall')
    await world.give('bob', 1)
    await world.pass(100)
    expect(reader.heard.at(-1)).toMatchObject({ t: 'rows', anew: true, at: { fair: 2 } })
    world.live.opened('hall')
    await world.pass(100)
    expect(reader.rows.get('["hall","ada"]')).toMatchObject({ cents: 7 })
  })
})

describe('asking once', () => {
  test('gives the rows and where they were true, and leaves nothing behind', async () => {
    const world = toyLive()
    await world.give('ada', 5)
    expect(await world.live.ask(account('ada'))).toMatchObject({
      is: 'answer',
      n: 1,
      rows: new Map([['["ada"]', '{"account":"ada","cents":5}']]),
    })
    await world.give('ada', 1)
    expect(world.runs).toHaveLength(1)
    expect(await world.live.ask(account('ada'))).toMatchObject({
      n: 2,
      rows: new Map([['["ada"]', '{"account":"ada","cents":6}']]),
    })
    expect(await world.live.ask({ ...accounts, query: 'toy.even' })).toMatchObject({ is: 'answer' })
    await world.give('ada', 1)
    expect(await world.live.ask({ ...accounts, query: 'toy.even' })).toEqual({
      is: 'failed',
      why: 'ada is odd',
      isLarge: false,
    })
    expect(await world.live.ask({ ...accounts, sites: 'elsewhere' })).toMatchObject({ is: 'refused' })
    world.live.gaveUp('fair')
    expect(await world.live.ask(account('bob'))).toEqual({ is: 'away' })
  })

  test('sees what was committed before it was asked, though a run is under way', async () => {
    const world = toyLive()
    reads(world, accounts)
    await world.pass(100)
    const open = world.hold()
    await world.give('ada', 1)
    await world.give('ada', 1)
    const asked = world.live.ask(accounts)
    await open()
    expect(await asked).toMatchObject({ n: 2 })
  })
})

test('a box that stops leaves no timer', async () => {
  const world = toyLive()
  reads(world, accounts)
  await world.give('ada', 1)
  world.live.stop()
  await world.pass(1000)
  expect(world.pending()).toBe(0)
})
