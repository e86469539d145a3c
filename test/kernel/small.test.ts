import { expect, test } from 'vitest'
import { bodyLine, headText } from '../../src/kernel/entry.ts'
import type { TestBox } from './boxes.ts'
import { Boxes, until } from './boxes.ts'
import { HandPeer } from './hand-peer.ts'

const site = 'fair'
const at = [1, null, 0] as const
const fact = (tag: string) => ({ tag, gate: 'north', at: 1, hits: 1 })

/** The two lines of a record, as whoever writes them likes. */
function record(box: string, stream: string, seq: number): readonly string[] {
  const head = headText({ form: 'r', at, kind: 'fair.seen', from: { box, stream, seq } })
  return [head, bodyLine(fact(`forged ${seq}`), null)]
}

/** A keeper, a box that follows it, and a small box that is led by hand and wants to do harm. */
async function meet(boxes: Boxes) {
  const [keeper, gate] = [boxes.make('keeper'), boxes.make('gate')]
  for (const box of [keeper, gate]) await box.start()
  await keeper.box.found(site)
  await until(() => keeper.site().role === 'keeping')
  await keeper.box.assign(site, gate.member)
  await gate.box.serve(site, keeper.above)
  const small = new HandPeer()
  await keeper.box.assign(site, { ...small.member, small: true })
  await until(() => gate.site().chain === keeper.site().chain)
  return { keeper, gate, small }
}

const warned = (box: TestBox) => box.log.filter((line) => line.includes('which are refused')).length
const logHas = (box: TestBox, text: string) =>
  box.truth.prepare('SELECT 1 FROM log WHERE head LIKE ? OR bodies LIKE ?').get(`%${text}%`, `%${text}%`) !==
  undefined
const journalHas = (box: TestBox, text: string) =>
  box.truth.prepare('SELECT 1 FROM journal WHERE body LIKE ?').get(`%${text}%`) !== undefined

test.each(['keeper', 'gate'] as const)(
  'SITE-8 records that a small box brings in another name are refused by the %s, and said once',
  async (where) => {
    await using boxes = new Boxes()
    const met = await meet(boxes)
    const { small, gate, keeper } = met
    await small.dial(met[where])
    await small.next('site')
    for (const [index, victim] of [gate.identity.box, 'nobody000000'].entries()) {
      const stream = `forged00000000${index}`
      small.say({ t: 'offer', site, streams: [[victim, stream, 1, 1]] })
      small.say({ t: 'records', site, box: victim, stream, from: 1 }, record(victim, stream, 1))
    }
    // What is its own arrives behind them, so they have been dealt with.
    const own = small.identity.box
    small.say(
      { t: 'records', site, box: own, stream: 'mine000000000', from: 1 },
      record(own, 'mine000000000', 1),
    )
    await until(() => logHas(keeper, 'mine000000000'))
    expect(small.all('got').every(({ stream }) => stream === 'mine000000000')).toBe(true)
    for (const box of [keeper, gate]) {
      expect(logHas(box, 'forged00000000')).toBe(false)
      expect(journalHas(box, 'forged00000000')).toBe(false)
    }
    expect(warned(met[where])).toBe(1)
    await until(() => small.hasRoom)
  },
)

test('SITE-8 a small box cannot move the stream of another on', async () => {
  await using boxes = new Boxes()
  const { small, gate, keeper } = await meet(boxes)
  const { stream, to } = await gate.box.record(site, [{ kind: 'fair.seen', body: fact('true 1') }])
  await until(() => gate.site().unsent === 0)
  await small.dial(keeper)
  await small.next('site')
  const own = small.identity.box
  small.say({ t: 'records', site, box: own, stream, from: to + 1 }, record(own, stream, to + 1))
  small.say(
    { t: 'records', site, box: own, stream: 'mine000000000', from: 1 },
    record(own, 'mine000000000', 1),
  )
  await until(() => logHas(keeper, 'mine000000000'))
  await gate.box.record(site, [{ kind: 'fair.seen', body: fact('true 2') }])
  await until(() => logHas(keeper, 'true 2'))
  expect(logHas(keeper, `forged ${to + 1}`)).toBe(false)
})

test('SITE-8 a small box asks for itself alone, and hands in nothing', async () => {
  await using boxes = new Boxes()
  const { small, gate, keeper } = await meet(boxes)
  await small.dial(keeper)
  await small.next('site')
  const own = small.identity.box
  const { n } = keeper.site()
  const victim = gate.identity.box
  const head = record(victim, 'forged0000000', 1)
  const item = { n: 3, term: keeper.site().term, head: head[0], bodies: head[1] }
  const act = { action: 'fair.grant', key: 'k', who: 'x', input: { tag: 'a', cents: 5 } }
  small.say({ t: 'ask', site, id: 'question1', path: [own], what: 'handIn', data: [item] })
  small.say({ t: 'ask', site, id: 'question2', path: [victim, own], what: 'orders', data: null })
  small.say({ t: 'ask', site, id: 'question3', path: [victim], what: 'act', data: act })
  await small.next('answer', 2)
  const answers = new Map(small.all('answer').map(({ id, data }) => [id, data]))
  expect(answers.get('question1')).toBe(null)
  expect(answers.get('question2')).toBe(null)
  expect(answers.get('question3')).toMatchObject({ is: 'refused', code: 'not-assigned' })
  expect(keeper.site().n).toBe(n)
  small.say({ t: 'ask', site, id: 'question4', path: [own], what: 'act', data: act })
  expect(await small.next('answer', 3)).toMatchObject({ data: { is: 'answered' } })
})

test('SITE-8 what a small box says of terms and ways stops no keeper and draws nothing', async () => {
  await using boxes = new Boxes()
  const { small, gate, keeper } = await meet(boxes)
  await small.dial(keeper)
  await small.next('site')
  const own = small.identity.box
  const chain = 'A'.repeat(43)
  small.say({
    t: 'site',
    site,
    n: 900,
    chain,
    terms: [[1, `9/${own}/1/stream000`, chain]],
    top: 900,
    route: [own],
    you: 'whole',
    lacksKey: small.identity.publicKey,
  })
  await small.next('site', 1)
  await gate.box.record(site, [{ kind: 'fair.seen', body: fact('after it') }])
  await until(() => logHas(keeper, 'after it'))
  expect(keeper.site()).toMatchObject({ role: 'keeping', why: '' })
  expect(small.all('want')).toEqual([])
  expect([...small.all('key'), ...small.all('records'), ...small.all('ask')]).toEqual([])
})

test('SITE-8 a small box takes no records to forward: they stay where they are, and show', async () => {
  await using boxes = new Boxes()
  const { keeper, gate } = await meet(boxes)
  const [small, below] = [boxes.make('small'), boxes.make('below')]
  for (const box of [small, below]) await box.start()
  await keeper.box.assign(site, { ...small.member, small: true })
  await small.box.serve(site, keeper.above)
  await until(() => small.box.status().links.length === 1)
  await small.box.record(site, [{ kind: 'fair.seen', body: fact('own') }])
  await until(() => logHas(keeper, '"own"') && small.site().unsent === 0)
  await keeper.box.assign(site, below.member)
  await below.box.serve(site, small.above)
  await below.box.record(site, [{ kind: 'fair.seen', body: fact('below') }])
  await until(() => warned(small) === 1)
  expect(below.site().unsent).toBe(2)
  await below.box.serve(site, gate.above)
  await until(() => below.site().unsent === 0 && logHas(keeper, '"below"'))
})

test('LOG-28 a small box hears which of its records are erased: at once, and when it comes back', async () => {
  await using boxes = new Boxes()
  const { keeper, gate } = await meet(boxes)
  const small = boxes.make('small')
  await small.start()
  await keeper.box.assign(site, { ...small.member, small: true })
  await small.box.serve(site, gate.above)
  await until(() => small.box.status().links.length === 1)
  const names = ['Ada', 'Berta', 'Clara'].map((name) => `Unverwechselbar ${name}`)
  for (const name of names) await small.box.record(site, [{ kind: 'fair.named', body: { tag: 'a1', name } }])
  await until(() => small.site().unsent === 0 && names.every((name) => logHas(gate, name)))
  const placeOf = (name: string) =>
    Number(
      keeper.truth.prepare('SELECT id % 8589934592 AS n FROM log WHERE bodies LIKE ?').get(`%${name}%`)?.[
        'n'
      ],
    )
  const erase = (key: string, n: number) =>
    keeper.box.act(site, { action: 'facts.erase', key, who: 'owner', input: { places: [{ n, i: 0 }] } })
  const [ada = '', berta = '', clara = ''] = names
  const second = placeOf(berta)
  await erase('k1', placeOf(ada))
  await until(() => !small.holds(ada))
  expect(small.holds(berta)).toBe(true)
  await small.stop()
  await erase('k2', second)
  await until(() => !gate.holds(berta))
  await small.start()
  await until(() => !small.holds(berta))
  expect(small.holds(clara)).toBe(true)
})

test('LOG-28 a box erases nothing of its journal on the word of a box that is not above it', async () => {
  await using boxes = new Boxes()
  const { keeper, small } = await meet(boxes)
  const { stream } = await keeper.box.record(site, [
    { kind: 'fair.named', body: { tag: 'a1', name: 'Ada Keep' } },
  ])
  const liar = new HandPeer()
  await keeper.box.assign(site, liar.member)
  for (const peer of [small, liar]) {
    await peer.dial(keeper)
    const told = await peer.next('site')
    peer.say({ ...told, route: null, you: 'guest', lacksKey: null })
    peer.say({ t: 'erased', site, stream, seqs: [1, 2] })
  }
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(journalHas(keeper, 'Ada Keep')).toBe(true)
})
