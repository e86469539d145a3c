import { z } from 'zod'
import { order } from '../orders/order.ts'
import { kernelPack } from '../site/kernel-pack.ts'
import { field, list } from '../settings/schema.ts'
import { actionsOf } from './action.ts'
import { decision, erasable, record } from './fact.ts'
import { know } from './kinds.ts'
import { pack } from './pack.ts'
import { queriesOf } from './query.ts'
import type { Apply, Erase } from './pack.ts'
import { integer, table, text } from './table.ts'

const facts = {
  seen: record(z.object({ tag: z.string(), gate: z.string(), at: z.int() })),
  /** Holds a person. */
  person: erasable(record(z.object({ tag: z.string(), name: z.string() }))),
  /** Its apply writes a row, then throws. */
  cursed: record(z.object({ tag: z.string() })),
  moved: decision(z.object({ from: z.string(), to: z.string(), cents: z.int() })),
  signed: erasable(decision(z.object({ tag: z.string(), name: z.string() }))),
  broken: decision(z.object({})),
}

const tables = {
  visits: table(
    { tag: text(), gate: text(), hits: integer(), last: integer() },
    { key: ['tag', 'gate'], indexes: { byGate: ['gate', 'last'] } },
  ),
  people: table({ n: integer(), i: integer(), tag: text(), name: text() }, { key: ['n', 'i'] }),
  accounts: table({ account: text(), cents: integer() }, { key: ['account'] }),
}

const apply: Apply<typeof facts, typeof tables> = {
  seen: (rows, { body: { tag, gate, at } }) => {
    const hits = rows.visits.get(tag, gate)?.hits ?? 0
    rows.visits.put({ tag, gate, hits: hits + 1, last: at })
  },
  person: (rows, { body, n, i }) => rows.people.put({ ...body, n, i }),
  cursed: (rows, { body: { tag } }) => {
    rows.visits.put({ tag, gate: 'cursed', hits: 1, last: 0 })
    throw new Error('this fact is cursed')
  },
  moved: (rows, { body: { from, to, cents } }) => {
    for (const [account, change] of [
      [from, -cents],
      [to, cents],
    ] as const)
      rows.accounts.put({ account, cents: (rows.accounts.get(account)?.cents ?? 0) + change })
  },
  signed: (rows, { body, n, i }) => rows.people.put({ ...body, n, i }),
  broken: () => {
    throw new Error('this decision cannot be applied')
  },
}

const erase: Erase<typeof tables> = (rows, places) => {
  for (const { n, i } of places) rows.people.remove(n, i)
}

const action = actionsOf<typeof facts, typeof tables>()
const shared = { allow: ['lead'], away: 'refuse' } as const
const actions = {
  /** Cents from one account to another; only the bank may owe. */
  pay: action({
    ...shared,
    input: z.object({ from: z.string(), to: z.string(), cents: z.int().positive() }),
    decide: (input, rows) => {
      const left = (rows.accounts.get(input.from)?.cents ?? 0) - input.cents
      if (left < 0 && input.from !== 'bank') return { refused: 'insufficient', detail: { short: -left } }
      return { facts: [{ kind: 'moved', body: input }], answer: { left } }
    },
  }),
  /** The same, for an asker who can wait a minute for the keeper. */
  payLater: action({
    allow: ['lead'],
    away: { waitMs: 60_000 },
    input: z.object({ from: z.string(), to: z.string(), cents: z.int().positive() }),
    decide: (input, rows) => {
      const left = (rows.accounts.get(input.from)?.cents ?? 0) - input.cents
      if (left < 0 && input.from !== 'bank') return { refused: 'insufficient', detail: { short: -left } }
      return { facts: [{ kind: 'moved', body: input }], answer: { left } }
    },
  }),
  /** A person signs, for a fee. */
  sign: action({
    ...shared,
    input: z.object({ tag: z.string(), name: z.string() }),
    decide: ({ tag, name }, _rows, { random }) => ({
      facts: [
        { kind: 'signed', body: { tag, name } },
        { kind: 'moved', body: { from: 'bank', to: tag, cents: 1 } },
        { kind: 'signed', body: { tag, name: `${name} again` } },
      ],
      answer: { code: [...random(4)].join('-') },
    }),
  }),
  /** Tells when its person did it. */
  when: action({
    allow: ['lead'],
    away: { waitMs: 60_000 },
    input: z.object({}),
    decide: (_, __, { doneAt }) => ({ facts: [], answer: { doneAt } }),
  }),
  /** Nothing follows, and nothing is answered. */
  hush: action({
    ...shared,
    input: z.object({}),
    decide: () => ({ facts: [], answer: undefined }),
  }),
  trip: action({
    ...shared,
    input: z.object({}),
    decide: () => {
      throw new Error('the pack stumbled')
    },
  }),
  /** Moves a cent, then says what cannot be applied. */
  ruin: action({
    ...shared,
    input: z.object({}),
    decide: () => ({
      facts: [
        { kind: 'moved', body: { from: 'bank', to: 'ruin', cents: 1 } },
        { kind: 'broken', body: {} },
      ],
      answer: 'ruined',
    }),
  }),
}

const query = queriesOf<typeof tables>()
const viewer = ['viewer'] as const
const queries = {
  accounts: query({
    input: z.object({ least: z.int().default(0) }),
    allow: viewer,
    reads: { accounts: 'all' },
    key: ['account'],
    across: true,
    run: (rows, { least }) => rows.accounts.all().filter(({ cents }) => cents >= least),
  }),
  account: query({
    input: z.object({ account: z.string() }),
    allow: viewer,
    reads: { accounts: { by: 'key', from: ({ account }) => [account] } },
    key: ['account'],
    everyMs: 1000,
    run: (rows, { account }) => [rows.accounts.get(account)].filter((row) => row !== undefined),
  }),
  gate: query({
    input: z.object({ gate: z.string(), last: z.int().optional() }),
    allow: viewer,
    reads: {
      visits: { by: 'byGate', from: ({ gate, last }) => (last === undefined ? [gate] : [gate, last]) },
    },
    key: ['tag'],
    run: (rows, { gate, last }) =>
      last === undefined ? rows.visits.list('byGate', gate) : rows.visits.list('byGate', gate, last),
  }),
  /** Throws where an account is odd, and names it. */
  even: query({
    input: z.object({}),
    allow: viewer,
    reads: { accounts: 'all' },
    key: ['account'],
    across: true,
    run: (rows) => {
      const odd = rows.accounts.all().find(({ cents }) => cents % 2 !== 0)
      if (odd) throw new Error(`${odd.account} is odd`)
      return rows.accounts.all()
    },
  }),
  sum: query({
    input: z.object({}),
    allow: viewer,
    reads: { accounts: 'all' },
    key: ['what'],
    run: (_, __, sql) => sql(`SELECT 'sum' AS what, coalesce(sum(cents), 0) AS cents FROM {accounts}`),
  }),
}

const orders = {
  /** Any number of times. */
  lamp: order({ params: z.object({ on: z.boolean() }), mode: 'repeat', allow: ['lead'], runMs: 5_000 }),
  /** Once, and it can be stopped. */
  print: order({ params: z.object({ pages: z.int() }), mode: 'once', allow: ['lead'], stops: true }),
  /** Once, alone, and only the newest of them. */
  restart: order({ params: z.object({}), mode: 'barrier', allow: ['lead'], supersedes: ['restart'] }),
}

const settings = {
  language: field('hub', z.enum(['fr', 'en'])),
  volume: field('site', z.int().max(100)),
  note: field('site', z.string()),
  playlist: list('site', { title: z.string() }),
}

/** For tests of the kernel: the smallest pack that has one of everything. */
export const toy = pack({
  name: 'toy',
  rules: 'toy-1',
  facts,
  tables,
  apply,
  actions,
  queries,
  orders,
  erase,
  settings,
})
export const toyKnown = know(kernelPack, [toy])
