import { expect, test } from 'vitest'
import { bodyLine, headText, nextChain } from '../../src/kernel/entry.ts'
import type { Frame } from '../../src/kernel/link/frames.ts'
import type { TestBox } from './boxes.ts'
import { Boxes, until } from './boxes.ts'
import { HandPeer } from './hand-peer.ts'

const seen = (tag: string, hits: number) => ({ kind: 'fair.seen', body: { tag, gate: 'north', at: 1, hits } })
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const site = 'fair'

/** A keeper, and a box led by hand that it knows as a member, or does not know. */
async function meet(boxes: Boxes, as: 'whole' | 'small' | 'guest' = 'whole') {
  const keeper = boxes.make('keeper')
  await keeper.start()
  await keeper.box.found(site)
  await until(() => keeper.site().role === 'keeping')
  const peer = new HandPeer()
  if (as !== 'guest') await keeper.box.assign(site, { ...peer.member, small: as === 'small' })
  await peer.dial(keeper)
  return { keeper, peer }
}

/** What the peer says of a log that is the keeper's own. */
const like = (told: Frame<'site'>): Frame<'site'> => ({ ...told, route: null, you: 'whole', lacksKey: null })
const nothing = {
  t: 'site',
  site,
  n: 0,
  chain: '',
  top: 0,
  route: null,
  you: 'whole',
  lacksKey: null,
} as const
const emptyLog: Frame<'site'> = { ...nothing, terms: [] }

test('LINK-4 a link that comes up hears what the box has, and its first word is answered', async () => {
  await using boxes = new Boxes()
  const { keeper, peer } = await meet(boxes)
  const told = await peer.next('site')
  expect(told).toMatchObject({ n: keeper.site().n, chain: keeper.site().chain, you: 'whole' })
  peer.say(emptyLog)
  expect(await peer.next('site', 1)).toEqual(told)
  peer.say(emptyLog)
  await pause(50)
  expect(peer.all('site')).toHaveLength(2)
})

test('LINK-4 a guest hears of a site only in answer, and nothing of its log', async () => {
  await using boxes = new Boxes()
  const { peer } = await meet(boxes, 'guest')
  await pause(50)
  expect(peer.heard).toEqual([])
  peer.say(emptyLog)
  expect(await peer.next('site')).toMatchObject({ n: 0, chain: '', terms: [], you: 'guest' })
})

test('SITE-4 a guest gets no entries or histories, and what it asks is refused, whatever it says', async () => {
  await using boxes = new Boxes()
  const { keeper, peer } = await meet(boxes, 'guest')
  const { n } = keeper.site()
  peer.say({ ...emptyLog, lacksKey: peer.identity.publicKey })
  await peer.next('site')
  const data = { action: 'fair.grant', key: 'k', who: 'x', input: { tag: 'a', cents: 5 } }
  peer.say({ t: 'want', site, after: 0, chain: '' })
  peer.say({ t: 'ask', site, id: 'question1', path: [peer.identity.box], what: 'act', data })
  expect(await peer.next('answer')).toMatchObject({
    data: { is: 'refused', code: 'not-assigned', detail: { box: peer.identity.box } },
  })
  peer.say({ t: 'ask', site, id: 'question2', path: [peer.identity.box], what: 'handIn', data: [] })
  peer.say({ t: 'ask', site, id: 'question3', path: [peer.identity.box], what: 'orders', data: null })
  const sure = { ...data, sure: 'decide' }
  peer.say({ t: 'ask', site, id: 'question4', path: [peer.identity.box], what: 'act', data: sure })
  await peer.next('answer', 3)
  // What it may have been granted before is not called refused.
  expect(
    peer
      .all('answer')
      .map(({ data: said }) => said)
      .slice(1),
  ).toMatchObject([null, null, { is: 'unknown' }])
  expect(new Set(peer.heard.map(({ frame }) => frame.t))).toEqual(new Set(['site', 'answer']))
  expect(keeper.site().n).toBe(n)
})

test('SITE-4 a small box asks and records, and gets no entries', async () => {
  await using boxes = new Boxes()
  const { keeper, peer } = await meet(boxes, 'small')
  peer.say(emptyLog)
  peer.say({ t: 'want', site, after: 0, chain: '' })
  const data = { action: 'fair.grant', key: 'k', who: 'x', input: { tag: 'a', cents: 5 } }
  peer.say({ t: 'ask', site, id: 'question1', path: [peer.identity.box], what: 'act', data })
  expect(await peer.next('answer')).toMatchObject({ data: { is: 'answered', n: keeper.site().n } })
  expect([...peer.all('entries'), ...peer.all('ack')]).toEqual([])
})

test('SITE-4 who is unassigned is sent nothing that is said after it, whatever it asked for before', async () => {
  await using boxes = new Boxes()
  const { keeper, peer } = await meet(boxes)
  const told = await peer.next('site')
  peer.say(like(told))
  peer.say({ t: 'want', site, after: told.n, chain: told.chain })
  await keeper.box.record(site, [seen('while a member', 1)])
  await until(() => peer.all('entries').length > 0)
  const input = { box: peer.identity.box }
  await keeper.box.act(site, { action: 'box.unassign', key: 'bye', who: 'tester', input })
  await until(() => peer.all('site').at(-1)?.you === 'guest')
  const before = peer.all('entries').length
  await keeper.box.record(site, [seen('not for its ears', 2)])
  await pause(100)
  expect(peer.all('entries')).toHaveLength(before)
})

test('LINK-5 a new term is told before any entry of it', async () => {
  await using boxes = new Boxes()
  const { keeper, peer } = await meet(boxes)
  await keeper.stop()
  await keeper.start()
  await until(() => keeper.site().role === 'opening')
  const { n } = keeper.site()
  peer.heard.length = 0
  await peer.dial(keeper)
  const told = await peer.next('site')
  peer.say({ t: 'want', site, after: told.n, chain: told.chain })
  await pause(50)
  peer.say(like(told))
  await until(() => peer.all('entries').length > 0)
  const at = (holds: (frame: Frame) => boolean) => peer.heard.findIndex(({ frame }) => holds(frame))
  const term = at((frame) => frame.t === 'site' && frame.terms.length === told.terms.length + 1)
  const entry = at((frame) => frame.t === 'entries' && frame.after >= n)
  expect(term).toBeGreaterThanOrEqual(0)
  expect(term).toBeLessThan(entry)
})

test('LINK-9 a want gets what comes after it, then all that comes; one that does not fit gets the history', async () => {
  await using boxes = new Boxes()
  const { keeper, peer } = await meet(boxes)
  const told = await peer.next('site')
  peer.say(like(told))
  await peer.next('site', 1)
  peer.say({ t: 'want', site, after: 1, chain: 'another' })
  await peer.next('site', 2)
  expect(peer.all('entries')).toEqual([])
  peer.say({ t: 'want', site, after: 0, chain: '' })
  expect(await peer.next('entries')).toMatchObject({ after: 0, count: told.n, chain: told.chain })
  await keeper.box.record(site, [seen('a', 1)])
  await until(() => peer.all('entries').length > 1)
  expect(peer.all('entries').map(({ after }) => after)[1]).toBe(told.n)
})

test('LINK-9 entries that nobody asked for are passed over', async () => {
  await using boxes = new Boxes()
  const { keeper, peer } = await meet(boxes)
  const told = await peer.next('site')
  peer.say(like(told))
  const next = takeOver(peer, told)
  peer.say({ t: 'entries', site, after: told.n, count: 1, chain: next.chain }, [next.head, next.bodies])
  await pause(100)
  expect(keeper.site()).toMatchObject({ n: told.n, chain: told.chain, role: 'keeping' })
  expect(peer.isUp).toBe(true)
})

/** The entry with which the peer would take the site over. */
function takeOver(peer: HandPeer, { chain }: Frame<'site'>) {
  const term = `2/${peer.identity.box}/1/stream01`
  const head = headText({ form: 'k', at: [1, null, 0], kinds: ['site.keeper'] })
  const bodies = bodyLine({ term, how: 'takeover' }, null)
  return { term, head, bodies, chain: nextChain(chain, { head, bodies }) }
}

test('SITE-8 the entries of a box that is seen as whole are taken, as far as their hashes and terms say', async () => {
  await using boxes = new Boxes()
  const { keeper, peer } = await meet(boxes)
  const told = await peer.next('site')
  const next = takeOver(peer, told)
  const n = told.n + 1
  const terms: Frame<'site'>['terms'] = [...told.terms, [n, next.term, next.chain]]
  peer.say({ ...like(told), n, chain: next.chain, terms, route: [peer.identity.box] })
  expect(await peer.next('want')).toMatchObject({ after: told.n, chain: told.chain })
  const frame = { t: 'entries', site, after: told.n, count: 1, chain: next.chain } as const
  peer.say(frame, [next.head, next.bodies])
  await until(() => keeper.site().n === n)
  expect(keeper.site()).toMatchObject({ term: next.term, role: 'following', chain: next.chain })
  peer.say({ ...frame, after: n, chain: 'another' }, [next.head, next.bodies])
  await until(() => peer.closedWith !== undefined)
  expect(keeper.site().n).toBe(n)
})

test('TERM-11 a log that was altered is taken by nobody, and people are told', async () => {
  await using boxes = new Boxes()
  const { keeper, peer } = await meet(boxes)
  const told = await peer.next('site')
  peer.say({ ...like(told), chain: 'x'.repeat(43) })
  await until(() => keeper.log.some((line) => line.includes('parts from this one')))
  expect(peer.all('want')).toEqual([])
  expect(keeper.site()).toMatchObject({ role: 'keeping', chain: told.chain })
})

test('LINK-17 whoever is seen as whole hears how far the box is, and the top', async () => {
  await using boxes = new Boxes()
  const { keeper, peer } = await meet(boxes)
  await peer.next('site')
  await keeper.box.record(site, [seen('a', 1)])
  await until(() => peer.all('ack').at(-1)?.n === keeper.site().n)
  const { n, chain } = keeper.site()
  expect(peer.all('ack').at(-1)).toEqual({ t: 'ack', site, n, chain, top: n })
  peer.say({ t: 'site', site, n, chain, terms: [], top: 99, route: null, you: 'whole', lacksKey: null })
  await keeper.box.serve(site, peer.above)
  await until(() => peer.all('ack').at(-1)?.top === 0)
})

/** A box that records, below the one that is led by hand. */
async function below(boxes: Boxes) {
  const box = boxes.make('below')
  await box.start()
  const peer = new HandPeer()
  await box.box.serve(site, peer.above)
  await peer.dial(box)
  return { box, peer }
}

const upTo = ({ heard }: HandPeer): number =>
  Math.max(
    0,
    ...heard.flatMap(({ frame, lines }) =>
      frame.t === 'records' ? [frame.from + lines.length / 2 - 1] : [],
    ),
  )

test('LINK-16 nothing is offered before the first word; then it is sent on from what is durable there', async () => {
  await using boxes = new Boxes()
  const { box, peer } = await below(boxes)
  const { stream } = await box.box.record(site, [seen('a', 1), seen('b', 2)])
  await pause(100)
  expect([...peer.all('offer'), ...peer.all('records')]).toEqual([])
  peer.say({ ...emptyLog, route: [peer.identity.box] })
  const { streams } = await peer.next('offer')
  expect(streams).toEqual([[box.identity.box, stream, 1, 3]])
  peer.say({ t: 'got', site, stream, seq: 1, top: 0, again: true })
  await until(() => upTo(peer) === 3)
  expect(peer.all('records')[0]).toMatchObject({ from: 2 })
  peer.say({ t: 'got', site, stream, seq: 2, top: 0, again: false })
  await pause(50)
  expect(peer.all('records')).toHaveLength(1)
  await box.box.record(site, [seen('c', 3)])
  await until(() => upTo(peer) === 4)
  peer.say({ t: 'got', site, stream, seq: 3, top: 0, again: true })
  await until(() => peer.all('records').filter(({ from }) => from === 4).length === 2)
})

test('LINK-16 a receiver that finds a gap takes nothing, and asks again from what it has', async () => {
  await using boxes = new Boxes()
  const { keeper, peer } = await meet(boxes)
  peer.say(like(await peer.next('site')))
  const stream = 'stream0000000001'
  const head = headText({
    form: 'r',
    at: [1, null, 0],
    kind: 'fair.seen',
    from: { box: peer.identity.box, stream, seq: 3 },
  })
  const { n } = keeper.site()
  peer.say({ t: 'records', site, box: peer.identity.box, stream, from: 3 }, [head, '{}'])
  expect(await peer.next('got')).toMatchObject({ stream, seq: 0, again: true })
  expect(keeper.site().n).toBe(n)
})

test('LINK-21 frames for a site that is not served are passed over in silence, and credited', async () => {
  await using boxes = new Boxes()
  const { peer } = await meet(boxes)
  const filler = 'x'.repeat(3000)
  for (let i = 0; i < 12; i++) {
    const frame = {
      t: 'records',
      site: 'elsewhere',
      box: peer.identity.box,
      stream: 'stream01',
      from: 1,
    } as const
    peer.say(frame, [filler, `${i}`])
  }
  await until(() => peer.hasRoom)
  expect(peer.isUp).toBe(true)
  expect(peer.heard.filter(({ frame }) => frame.site === 'elsewhere')).toEqual([])
})

const restarted = async (box: TestBox): Promise<void> => {
  await box.stop()
  await box.start()
}

test('TERM-3 a keeper that starts alone waits 3 s for the others before it decides', async () => {
  await using boxes = new Boxes()
  const { keeper, peer } = await meet(boxes)
  const began = performance.now()
  await restarted(keeper)
  await until(() => keeper.site().role === 'opening')
  const grant = { action: 'fair.grant', key: 'k', who: 'x', input: { tag: 'a', cents: 5 } }
  expect(await keeper.box.act(site, grant)).toMatchObject({ is: 'refused', code: 'keeper-away' })
  await until(() => keeper.site().role === 'keeping')
  expect(performance.now() - began).toBeGreaterThan(2_900)
  peer.close()
})

test('TERM-3 with all the others linked and heard it does not wait', async () => {
  await using boxes = new Boxes()
  const { keeper, peer } = await meet(boxes)
  await restarted(keeper)
  await until(() => keeper.site().role === 'opening')
  peer.heard.length = 0
  await peer.dial(keeper)
  peer.say(like(await peer.next('site')))
  await until(() => keeper.site().role === 'keeping', 2_000)
  expect(keeper.site().term).toContain('/2/')
})

test('TERM-1 a keeper that follows because a higher term was claimed says why, also after a restart', async () => {
  await using boxes = new Boxes()
  const { keeper, peer } = await meet(boxes)
  const told = await peer.next('site')
  const chain = 'A'.repeat(43)
  const claimed = `9/${peer.identity.box}/1/stream000`
  peer.say({ ...like(told), n: told.n + 1, chain, terms: [...told.terms, [told.n + 1, claimed, chain]] })
  await until(() => keeper.site().role === 'following')
  expect(keeper.site().why).toContain(`box ${peer.identity.box} was met under a higher term (${claimed})`)
  peer.close()
  await restarted(keeper)
  await until(() => keeper.site().role === 'following')
  expect(keeper.site().why).toContain(claimed)
  expect(await keeper.box.takeOver(site, 'lead')).toMatchObject({ is: 'answered' })
  expect(keeper.site()).toMatchObject({ role: 'keeping', why: '' })
})
