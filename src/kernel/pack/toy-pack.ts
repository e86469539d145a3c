import { z } from 'zod'
import { kernelPack } from '../site/kernel-pack.ts'
import { actionsOf } from './action.ts'
import { decision, erasable, record } from './fact.ts'
import { know } from './kinds.ts'
import { pack } from './pack.ts'
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

/** For tests of the kernel: the smallest pack that has one of everything. */
export const toy = pack({ name: 'toy', rules: 'toy-1', facts, tables, apply, actions, erase })
export const toyKnown = know(kernelPack, [toy])
