import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { openSqlite } from '../../store/sqlite.ts'
import { know } from '../../kernel/pack/kinds.ts'
import { kernelPack } from '../../kernel/site/kernel-pack.ts'
import { sequence, type Outcome } from '../../kernel/site/sequencer.ts'
import { SiteViews } from '../../kernel/site/views.ts'
import { Dice } from '../random.ts'
import { fair } from './pack.ts'

const known = know(kernelPack, [fair])
let views: SiteViews
let asked: number

beforeEach(() => {
  views = new SiteViews(openSqlite(':memory:', { durable: false }), known)
  asked = 0
})

function ask(action: string, input: unknown): Outcome | undefined {
  const item = { do: 'act', action: `fair.${action}`, key: `k${(asked += 1)}`, who: 'anna', input } as const
  const { outcomes } = sequence(views, [item], { at: [asked, 0, 3], random: new Dice('fair') })
  views.commit()
  return outcomes[0]
}

const books = () =>
  views
    .rows(fair)
    ['accounts']?.all()
    .map(({ account, cents }) => [account, cents])

test('coins come from the bank, go to a wallet, and from there to a stall', () => {
  ask('grant', { tag: 'v1', cents: 500 })
  expect(ask('pay', { tag: 'v1', stall: 'crepes', cents: 200 })).toMatchObject({
    answer: { left: [300, 200] },
  })
  expect(books()).toEqual([
    ['bank', -500],
    ['stall:crepes', 200],
    ['wallet:v1', 300],
  ])
})

test('what would bring a wallet below 0 is refused whole', () => {
  ask('grant', { tag: 'v1', cents: 100 })
  const answer = ask('transfer', { from: 'v1', to: 'v2', cents: 101 })
  expect(answer).toEqual({ did: 'refused', code: 'insufficient', detail: { account: 'wallet:v1', short: 1 } })
  expect(books()).toEqual([
    ['bank', -100],
    ['wallet:v1', 100],
  ])
})

test('a closed stall takes nothing; closing it again changes nothing', () => {
  ask('grant', { tag: 'v1', cents: 100 })
  expect(ask('close', { stall: 'crepes' })).toMatchObject({ answer: { closed: 'now' } })
  expect(ask('close', { stall: 'crepes' })).toMatchObject({ answer: { closed: 'before' } })
  expect(ask('pay', { tag: 'v1', stall: 'crepes', cents: 1 })).toMatchObject({
    did: 'refused',
    code: 'closed',
  })
})

test('whatever is asked, the books are balanced and no wallet is below 0', () => {
  const tag = fc.constantFrom('v1', 'v2', 'v3')
  const cents = fc.integer({ min: 1, max: 50 })
  const wish = fc.oneof(
    fc.record({ action: fc.constant('grant'), input: fc.record({ tag, cents }) }),
    fc.record({ action: fc.constant('pay'), input: fc.record({ tag, stall: fc.constant('s'), cents }) }),
    fc.record({ action: fc.constant('transfer'), input: fc.record({ from: tag, to: tag, cents }) }),
  )
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 30 }), (wishes) => {
      for (const { action, input } of wishes) ask(action, input)
      const all = views.rows(fair)['accounts']?.all() ?? []
      expect(all.reduce((sum, { cents: each }) => sum + Number(each), 0)).toBe(0)
      const wallets = all.filter(({ account }) => String(account).startsWith('wallet:'))
      expect(wallets.filter((wallet) => Number(wallet['cents']) < 0)).toEqual([])
    }),
    { numRuns: 30 },
  )
})

test('an orphan is honoured once: its coins move now', () => {
  const head = JSON.stringify(['a', [1, 0, 3], ['fair.moved'], 'fair.grant', 'lost', 'digest', 'ben', null])
  const moves = [
    { account: 'bank', cents: -50 },
    { account: 'wallet:v3', cents: 50 },
  ]
  const bodies = JSON.stringify({ moves, note: 'grant' })
  const item = { do: 'handIn', term: '1/box1/1/start', n: 7, head, bodies } as const
  sequence(views, [item], { at: [1, 0, 3], random: new Dice('fair') })
  const place = { term: '1/box1/1/start', n: 7 }
  expect(ask('honour', { ...place, n: 8 })).toMatchObject({ did: 'refused', code: 'no-orphan' })
  expect(ask('honour', place)).toMatchObject({ did: 'act', answer: { left: [-50, 50] } })
  expect(ask('honour', place)).toMatchObject({ did: 'refused', code: 'settled-already' })
  expect(books()).toEqual([
    ['bank', -50],
    ['wallet:v3', 50],
  ])
})

test('a round is booked for a moment that there is, and not for one before time or after a hundred years', () => {
  const book = (at: number | null, after: number | null) => ask('book', { round: 'r', at, after })
  for (const [at, after] of [
    [-2, null],
    [null, -1],
    [null, 2 ** 53 - 1],
  ] as const)
    expect(book(at, after)).toMatchObject({ did: 'refused', code: 'malformed' })
  expect(book(5, null)).toMatchObject({ did: 'act' })
})
