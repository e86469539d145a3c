import { describe, expect, test } from 'vitest'
import { toyKnown } from '../pack/toy-pack.ts'
import type { Asking } from './messages.ts'
import { LiveSession } from './session.ts'
import { ToyReader, toyLive } from './toy-live.ts'

/** A reader over a socket, who says what he got when he is told to. */
async function connected(sites: readonly string[] = ['fair'], may: readonly string[] = sites) {
  const world = toyLive(sites)
  const heard = new ToyReader()
  const closed: string[] = []
  let allowed = may
  const rights = { sites: () => allowed }
  const channel = { send: heard.send, close: (why: string) => void closed.push(why) }
  const session = new LiveSession({
    live: world.live,
    known: toyKnown,
    channel,
    rights,
    now: () => [7, 5, 3],
  })
  const say = async (asking: Asking | object) => {
    session.message(Buffer.from(JSON.stringify(asking)))
    await world.pass(100)
  }
  const read = (id: string, more: object = {}) =>
    say({ t: 'read', id, query: 'toy.accounts', site: 'fair', input: {}, ...more })
  const allow = (now: readonly string[]) => {
    allowed = now
    session.review()
  }
  return { ...world, session, heard, closed, say, read, allow }
}

describe('LIVE-9 a session', () => {
  test('names the topic first, then tells what is so and what changes', async () => {
    const { heard, give, pass, read } = await connected()
    await give('ada', 1)
    await read('mine')
    await give('ada', 1)
    await pass(100)
    expect(heard.kinds).toEqual(['reading', 'rows', 'change'])
    expect(heard.heard[0]).toMatchObject({ id: 'mine', key: ['account'] })
    expect(new Set(heard.heard.map((each) => ('topic' in each ? each.topic : ''))).size).toBe(1)
  })

  test('names it first for who has what there is, too', async () => {
    const { heard, read, say } = await connected()
    await read('a')
    await say({ t: 'stop', id: 'a' })
    await read('b', { has: heard.has })
    expect(heard.kinds).toEqual(['reading', 'rows', 'reading', 'same'])
  })

  test('LIVE-9 is told no more than it has room for, until it says that it got it', async () => {
    const { heard, give, pass, read, say } = await connected()
    for (let each = 0; each < 400; each += 1)
      await give(`account number ${each} with a long name, so that it fills a frame`, 1)
    await read('a')
    expect(heard.kinds).toEqual(['reading', 'rows'])
    expect(heard.bytes[1]?.length).toBeGreaterThan(16 * 1024)
    await give('ada', 1)
    await pass(1000)
    expect(heard.kinds).toHaveLength(2)
    await say({ t: 'got', count: 2 })
    expect(heard.kinds).toEqual(['reading', 'rows', 'change'])
  })

  test('that stops or closes hears nothing more, and leaves no timer', async () => {
    const { session, heard, give, pass, read, say, live, pending } = await connected()
    await read('a')
    await read('b', { input: { least: 1 } })
    await say({ t: 'stop', id: 'a' })
    await say({ t: 'stop', id: 'never' })
    const before = heard.heard.length
    await give('ada', 1)
    await pass(100)
    expect(heard.heard.slice(before).map(({ t }) => t)).toEqual(['change'])
    session.closed()
    await give('ada', 1)
    await pass(31_000)
    expect(heard.heard).toHaveLength(before + 1)
    expect([live.readers, live.topics, pending()]).toEqual([0, 0, 0])
  })
})

test('LIVE-21 a beat says what was got, and is answered with the time, which counts as a message', async () => {
  const { heard, closed, say } = await connected()
  await say({ t: 'beat', count: 0 })
  await say({ t: 'beat', count: 1 })
  expect(heard.heard).toEqual(Array(2).fill({ t: 'beat', now: [7, 5, 3] }))
  await say({ t: 'beat', count: 3 })
  expect(closed).toHaveLength(1)
})

describe('LIVE-20 when rights change', () => {
  test('what may not be seen any more ends at once, and the rest goes on', async () => {
    const { heard, allow, give, pass, read } = await connected(['fair', 'hall'])
    await read('a')
    await read('b', { site: 'hall' })
    allow(['hall'])
    expect(heard.heard.at(-1)).toEqual({
      t: 'refused',
      id: 'a',
      code: 'not-allowed',
      detail: { query: 'toy.accounts' },
    })
    const before = heard.heard.length
    await give('ada', 1)
    await pass(100)
    expect(heard.heard).toHaveLength(before)
    await give('ada', 1, 'hall')
    await pass(100)
    expect(heard.kinds.slice(before)).toEqual(['change'])
    await read('a')
    expect(heard.heard.at(-1)).toMatchObject({ t: 'refused', id: 'a', code: 'not-allowed' })
  })

  test('whoever reads all that he may see asks again', async () => {
    const { heard, allow, live, read } = await connected(['fair', 'hall'])
    await read('a', { site: undefined })
    allow(['hall'])
    expect(heard.heard.at(-1)).toMatchObject({ t: 'refused', id: 'a', code: 'sites-changed' })
    expect(live.readers).toBe(0)
    await read('a', { site: undefined })
    expect(heard.heard.at(-1)).toMatchObject({ at: { hall: 0 } })
  })

  test('and nothing has, nobody hears of it', async () => {
    const { heard, allow, read } = await connected(['fair', 'hall'])
    await read('a', { site: undefined })
    await read('b', { input: { least: 1 } })
    const before = heard.heard.length
    allow(['fair', 'hall'])
    expect(heard.heard).toHaveLength(before)
  })
})

describe('LIVE-12 a session refuses in a word', () => {
  test.each([
    ['unknown-query', { query: 'toy.nothing' }],
    ['not-allowed', { site: 'secret' }],
    ['malformed', { input: { least: 'much' } }],
    ['one-site', { query: 'toy.sum', site: undefined }],
  ])('%s', async (code, more) => {
    const { heard, read, closed, say } = await connected(['fair', 'hall', 'secret'], ['fair', 'hall'])
    await read('a', more)
    expect(heard.heard).toMatchObject([{ t: 'refused', id: 'a', code }])
    await say({ t: 'got', count: 1 })
    expect(closed).toEqual([])
  })

  test('what it reads already, and an id that is in use', async () => {
    const { heard, read } = await connected()
    await read('a')
    await read('a', { input: { least: 1 } })
    await read('b')
    expect(heard.heard.slice(2)).toMatchObject([
      { t: 'refused', id: 'a', code: 'id-in-use' },
      { t: 'refused', id: 'b', code: 'read-already', detail: { id: 'a' } },
    ])
  })

  test('LIVE-14 without a site it reads all sites that it may see, or the only one', async () => {
    const many = await connected(['fair', 'hall', 'secret'], ['fair', 'hall'])
    await many.read('a', { site: undefined })
    expect(many.heard.heard).toMatchObject([{ key: ['site', 'account'] }, { at: { fair: 0, hall: 0 } }])
    const one = await connected()
    await one.read('a', { query: 'toy.sum', site: undefined })
    expect(one.heard.heard).toMatchObject([{ key: ['what'] }, { at: { fair: 0 } }])
    const nothing = await connected(['fair'], [])
    await nothing.read('a', { site: undefined })
    expect(nothing.heard.heard).toMatchObject([{ t: 'refused', code: 'not-allowed' }])
  })

  test('more than it may read at a time', async () => {
    const { heard, session } = await connected()
    for (let id = 0; id <= 200; id += 1) {
      const asking = {
        t: 'read',
        id: String(id),
        query: 'toy.account',
        site: 'fair',
        input: { account: `a${id}` },
      }
      session.message(Buffer.from(JSON.stringify(asking)))
    }
    expect(heard.heard.filter(({ t }) => t === 'refused')).toMatchObject([{ id: '200', code: 'too-many' }])
  })
})

describe('LIVE-9 a session is closed by', () => {
  test.each([
    ['what is no JSON', Buffer.from('{')],
    ['what is not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['another message', Buffer.from('{"t":"write","id":"a"}')],
    ['a read without an id', Buffer.from('{"t":"read","query":"toy.sum","input":{}}')],
    ['a message that is too long', Buffer.alloc(33 * 1024, 0x20)],
    ['having got what was never sent', Buffer.from('{"t":"got","count":1}')],
    [
      'a place that is no number',
      Buffer.from('{"t":"read","id":"a","query":"q","input":{},"has":{"hash":"","at":{"x":-1}}}'),
    ],
  ])('%s', async (_, bytes) => {
    const { session, closed, heard } = await connected()
    session.message(bytes)
    session.message(Buffer.from('{"t":"read","id":"a","query":"toy.sum","site":"fair","input":{}}'))
    expect([closed.length, heard.heard.length]).toEqual([1, 0])
  })

  test('going back on what it got, and asking without listening', async () => {
    const one = await connected()
    await one.read('a')
    await one.say({ t: 'got', count: 2 })
    await one.say({ t: 'got', count: 1 })
    expect(one.closed).toEqual(['it says that it got less than it said before'])
    const two = await connected()
    for (let each = 0; each < 1100; each += 1)
      two.session.message(Buffer.from('{"t":"read","id":"a","query":"none","input":{}}'))
    expect(two.closed).toEqual(['it asks, and does not listen'])
  })
})
