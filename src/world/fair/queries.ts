import { z } from 'zod'
import { queriesOf } from '../../kernel/pack/query.ts'
import { account } from './facts.ts'
import type { tables } from './tables.ts'

const query = queriesOf<typeof tables>()
const everybody = ['volunteer', 'viewer'] as const

export const queries = {
  books: query({
    about: { en: 'Every account.', fr: 'Tous les comptes.' },
    input: z.object({}),
    allow: everybody,
    reads: { accounts: 'all' },
    key: ['account'],
    across: true,
    run: (rows) => rows.accounts.all().map(({ account: name, cents }) => ({ account: name, cents })),
  }),
  wallet: query({
    about: { en: 'What one visitor has left.', fr: 'Ce qui reste à un visiteur.' },
    input: z.object({ tag: account }),
    allow: everybody,
    reads: { accounts: { by: 'key', from: ({ tag }) => [`wallet:${tag}`] } },
    key: ['tag'],
    run: (rows, { tag }) => {
      const wallet = rows.accounts.get(`wallet:${tag}`)
      return wallet ? [{ tag, cents: wallet.cents }] : []
    },
  }),
  stalls: query({
    about: {
      en: 'Which stalls have closed, for whoever stands before them.',
      fr: 'Quels stands ont fermé, pour qui se tient devant.',
    },
    input: z.object({}),
    allow: ['public'],
    reads: { stalls: 'all' },
    key: ['stall'],
    run: (rows) => rows.stalls.all(),
  }),
  passed: query({
    about: {
      en: 'Who came through one gate, and how often.',
      fr: 'Qui est passé par une porte, et combien de fois.',
    },
    input: z.object({ gate: account }),
    allow: everybody,
    reads: { visits: { by: 'byGate', from: ({ gate }) => [gate] } },
    key: ['tag'],
    everyMs: 200,
    run: (rows, { gate }) => rows.visits.list('byGate', gate).map(({ tag, hits }) => ({ tag, hits })),
  }),
  carries: query({
    about: { en: 'Who carries a token, as it was written down.', fr: 'Qui porte un jeton, comme noté.' },
    input: z.object({ tag: account }),
    allow: everybody,
    reads: { names: { by: 'byTag', from: ({ tag }) => [tag] } },
    key: ['n', 'i'],
    run: (rows, { tag }) => rows.names.list('byTag', tag).map(({ n, i, name }) => ({ n, i, name })),
  }),
  regulars: query({
    about: { en: 'The best visitors of each gate.', fr: 'Les meilleurs visiteurs de chaque porte.' },
    input: z.object({ least: z.int().positive() }),
    allow: everybody,
    reads: { visits: 'all' },
    key: ['gate'],
    everyMs: 1000,
    // Too much for rows, so it is SQL.
    run: (_, { least }, sql) =>
      sql(
        'SELECT gate, count(*) AS tags, sum(hits) AS hits FROM {visits} WHERE hits >= ? GROUP BY gate',
        least,
      ),
  }),
}
