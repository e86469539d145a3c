import { z } from 'zod'
import { queriesOf } from '../../kernel/pack/query.ts'
import { account } from './facts.ts'
import type { tables } from './tables.ts'

const query = queriesOf<typeof tables>()
const everybody = ['volunteer', 'viewer'] as const

export const queries = {
  /** Every account. */
  books: query({
    input: z.object({}),
    allow: everybody,
    reads: { accounts: 'all' },
    key: ['account'],
    across: true,
    run: (rows) => rows.accounts.all().map(({ account: name, cents }) => ({ account: name, cents })),
  }),
  /** What one visitor has left. */
  wallet: query({
    input: z.object({ tag: account }),
    allow: everybody,
    reads: { accounts: { by: 'key', from: ({ tag }) => [`wallet:${tag}`] } },
    key: ['tag'],
    run: (rows, { tag }) => {
      const wallet = rows.accounts.get(`wallet:${tag}`)
      return wallet ? [{ tag, cents: wallet.cents }] : []
    },
  }),
  /** Who came through one gate, and how often. */
  passed: query({
    input: z.object({ gate: account }),
    allow: everybody,
    reads: { visits: { by: 'byGate', from: ({ gate }) => [gate] } },
    key: ['tag'],
    everyMs: 200,
    run: (rows, { gate }) => rows.visits.list('byGate', gate).map(({ tag, hits }) => ({ tag, hits })),
  }),
  /** Who carries a token, as it was written down. */
  carries: query({
    input: z.object({ tag: account }),
    allow: everybody,
    reads: { names: { by: 'byTag', from: ({ tag }) => [tag] } },
    key: ['n', 'i'],
    run: (rows, { tag }) => rows.names.list('byTag', tag).map(({ n, i, name }) => ({ n, i, name })),
  }),
  /** The best visitors of each gate: too much for rows, so it is SQL. */
  regulars: query({
    input: z.object({ least: z.int().positive() }),
    allow: everybody,
    reads: { visits: 'all' },
    key: ['gate'],
    everyMs: 1000,
    run: (_, { least }, sql) =>
      sql(
        'SELECT gate, count(*) AS tags, sum(hits) AS hits FROM {visits} WHERE hits >= ? GROUP BY gate',
        least,
      ),
  }),
}
