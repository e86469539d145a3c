import { beforeEach, describe, expect, test } from 'vitest'
import { nextChain } from '../kernel/entry.ts'
import { SqliteTruth } from '../store/truth-sqlite.ts'
import type { LogRow, Write } from '../store/truth.ts'
import { Card } from './card.ts'
import { Ledger } from './ledger.ts'
import { Witness } from './witness.ts'

// A kernel that lies, written by hand: the witness must catch it from the cards alone.

const at = [0, 0, 3]
type Line = { readonly head: readonly unknown[]; readonly body: string }

const seen = (hits: number, seq = hits, stream = 'stream1'): Line => ({
  head: ['r', at, 'fair.seen', 'box1', stream, seq],
  body: JSON.stringify({ tag: 'v1', gate: 'gate', at: 0, hits }),
})
const moved = (key: string, ...moves: readonly (readonly [string, number])[]): Line => ({
  head: ['a', at, ['fair.moved'], 'fair.pay', key, 'digest', 'anna', { ok: true }],
  body: JSON.stringify({ moves: moves.map(([account, cents]) => ({ account, cents })), note: '' }),
})
const paid = (key: string) => moved(key, ['bank', -1], ['wallet:v1', 1])
const orphan = (key: string): Line => ({
  head: ['k', at, ['orphan.kept']],
  body: JSON.stringify({ term: '1/box1/1/start', n: 1, head: JSON.stringify(paid(key).head), kinds: 1 }),
})

const settled = (key: string): Line => ({
  head: ['a', at, ['orphan.settled'], 'orphan.drop', key, 'digest', 'anna', null],
  body: JSON.stringify({ term: '1/box1/1/start', n: 1, how: 'dropped', note: '' }),
})

let ledger: Ledger
let witness: Witness
let cards: readonly Card[]

beforeEach(() => {
  ledger = new Ledger()
  witness = new Witness(ledger)
  cards = [new Card('one'), new Card('two')]
  for (const card of cards) witness.addCard(card)
})

const one = () => cards[0] as Card
const two = () => cards[1] as Card

function write(card: Card, ...writes: readonly Write[]): void {
  for (const outcome of new SqliteTruth(card.truth).commitGroup([writes]))
    if (outcome !== 'done') throw outcome
}

function log(card: Card, ...lines: readonly Line[]): void {
  let { n, chain } = { n: 0, chain: '' }
  const before = card.truth.prepare('SELECT n, chain FROM sites').get()
  if (before) [n, chain] = [Number(before['n']), String(before['chain'])]
  const rows = lines.map(({ head, body }): LogRow => {
    const text = { head: JSON.stringify(head), bodies: body }
    chain = nextChain(chain, text)
    return { n: (n += 1), ...text, chain }
  })
  write(card, { do: 'entries', site: 'fair-1', rows })
}

function journal(card: Card, ...lines: readonly Line[]): void {
  const rows = lines.map(({ head, body }) => ({ seq: head[5] as number, head: JSON.stringify(head), body }))
  write(card, { do: 'records', site: 'fair-1', box: 'box1', stream: 'stream1', rows })
}

function acknowledge(...hits: readonly number[]): void {
  for (const each of hits) ledger.asked(`gate#${each}`, 'fair-1', 'box1', 0).state = 'acknowledged'
}

function answer(key: string, text = '{}', copies = 1): void {
  ledger.wish(key, 'fair-1', 0).answers.push({ at: 0, box: 'box1', n: 1, text, copies })
}

const complete = () => {
  const site = witness.read(one()).site('fair-1')
  if (site) witness.checkComplete('fair-1', site)
}

test('an honest log is left in peace, however it is read', () => {
  acknowledge(1, 2, 3)
  journal(two(), seen(1), seen(2), seen(3))
  log(one(), seen(1), seen(2))
  expect(() => witness.checkKept()).not.toThrow()
  log(one(), paid('k1'), seen(3))
  answer('k1')
  expect(() => witness.checkKept()).not.toThrow()
  expect(complete).not.toThrow()
})

describe('a log that is wrong in itself', () => {
  test.each([
    ['doubled under a new place', [seen(1), seen(1, 1, 'stream2')], 'DOUBLED'],
    ['doubled in its stream', [seen(1), seen(2, 1)], 'STREAM'],
    ['a gap in a stream', [seen(1), seen(3)], 'STREAM'],
    ['reordered within its stream', [seen(2, 1), seen(1, 2)], 'REORDERED'],
    ['one key with two effects', [paid('k1'), paid('k1')], 'DOUBLED'],
    ['coins from nowhere', [moved('k1', ['wallet:v1', 5], ['bank', -4])], 'BOOKS'],
    ['a wallet below 0', [moved('k1', ['wallet:v1', -5], ['bank', 5])], 'BOOKS'],
  ] as const)('%s', (_, lines, rule) => {
    log(one(), ...lines)
    expect(() => witness.read(one())).toThrow(rule)
  })

  test.each([
    ['of no orphan', [settled('k2')]],
    ['twice', [orphan('k1'), settled('k2'), settled('k3')]],
  ])('a settling %s', (_, lines) => {
    log(one(), ...lines)
    expect(() => witness.read(one())).toThrow('SETTLED')
  })

  test('an orphan is settled once', () => {
    log(one(), orphan('k1'), settled('k2'))
    expect(() => witness.read(one())).not.toThrow()
  })

  test('an entry that was altered', () => {
    log(one(), seen(1), seen(2))
    one().truth.exec(`UPDATE log SET bodies = replace(bodies, '"v1"', '"v2"') WHERE bodies LIKE '%"hits":2%'`)
    expect(() => witness.read(one())).toThrow('CHAIN')
  })
})

describe('what was acknowledged', () => {
  test('and is on no card', () => {
    acknowledge(1, 2)
    journal(one(), seen(1))
    expect(() => witness.checkKept()).toThrow('LOST: gate#2')
  })

  test('and is not on the card of the box that said so', () => {
    acknowledge(1)
    journal(two(), seen(1))
    const sighting = ledger.sightings.get('gate#1')
    expect(() => sighting && witness.checkAcknowledged(sighting, one())).toThrow('ACK')
  })

  test('and was dropped from a log that was cut', () => {
    acknowledge(1, 2)
    log(one(), seen(1), seen(2))
    witness.checkKept()
    write(one(), { do: 'giveUp', site: 'fair-1', keep: 1 })
    witness.checkKept()
    write(one(), { do: 'settle', site: 'fair-1', term: '', upTo: 2 })
    expect(() => witness.checkKept()).toThrow('LOST: gate#2')
  })

  test('and never comes into the log', () => {
    acknowledge(1, 2)
    log(one(), seen(1))
    journal(two(), seen(1), seen(2))
    witness.checkKept()
    expect(complete).toThrow('MISSING: gate#2')
  })

  test('and was refused, but is there', () => {
    ledger.asked('gate#1', 'fair-1', 'box1', 0).state = 'refused'
    journal(one(), seen(1))
    expect(() => witness.checkKept()).toThrow('REFUSED')
  })
})

describe('a card that is gone', () => {
  test('takes with it what it alone had, and nothing else', () => {
    acknowledge(1, 2, 3)
    journal(one(), seen(1), seen(2))
    log(two(), seen(1))
    witness.loses(one())
    expect([...witness.gone]).toEqual(['gate#2'])
    expect(() => witness.checkKept()).toThrow('LOST: gate#3')
  })

  test('that was put back keeps what it had then', () => {
    acknowledge(1, 2)
    journal(one(), seen(1))
    const image = one().image()
    journal(one(), seen(2))
    witness.loses(one(), image)
    expect([...witness.gone]).toEqual(['gate#2'])
  })
})

describe('what was asked', () => {
  test('and answered has its entry, or is an orphan', () => {
    answer('k1')
    answer('k2')
    log(one(), paid('k1'), orphan('k2'))
    complete()
    answer('k3')
    expect(complete).toThrow('MISSING: k3')
  })

  test('and answered in two ways', () => {
    log(one(), paid('k1'))
    answer('k1', '{"left":1}')
    answer('k1', '{"left":2}')
    expect(complete).toThrow('ANSWER')
  })

  test('and refused every time has no effect', () => {
    ledger.wish('k1', 'fair-1', 0).refusals = 2
    log(one(), paid('k1'))
    expect(complete).toThrow('EFFECT')
    ledger.wish('k1', 'fair-1', 0).unclear = 1
    complete()
  })

  test('and answered with more copies than there are', () => {
    log(one(), paid('k1'))
    const wish = ledger.wish('k1', 'fair-1', 0)
    witness.checkAnswered(wish, 1)
    expect(() => witness.checkAnswered(wish, 2)).toThrow('COPIES')
    log(two(), paid('k1'))
    witness.checkAnswered(wish, 2)
  })
})
