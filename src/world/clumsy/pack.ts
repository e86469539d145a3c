import { z } from 'zod'
import { actionsOf } from '../../kernel/pack/action.ts'
import { decision, erasable, record } from '../../kernel/pack/fact.ts'
import { type Apply, type Erase, pack } from '../../kernel/pack/pack.ts'
import { flag, integer, json, optional, real, table, text } from '../../kernel/pack/table.ts'

const name = z.string().min(1).max(64)

const facts = {
  /** A meter counted. Its schema lets through what its table does not take. */
  counted: record(z.object({ sensor: name, count: z.int().positive(), value: z.number() })),
  /** Somebody said something. */
  shouted: erasable(record(z.object({ words: z.string(), loudness: z.number().nullable() }))),
  said: decision(z.object({ words: z.string() })),
}

const tables = {
  meters: table({ sensor: text(), count: integer(), value: integer() }, { key: ['sensor'] }),
  shouts: table(
    {
      n: integer(),
      i: integer(),
      loudness: optional(real()),
      loud: flag(),
      words: json<readonly string[]>(),
    },
    { key: ['n', 'i'] },
  ),
}

const apply: Apply<typeof facts, typeof tables> = {
  counted: (rows, { body }) => rows.meters.put(body),
  shouted: (rows, { body, n, i }) => {
    const { loudness, words } = body
    if (words === '') throw new RangeError('nobody says nothing')
    rows.shouts.put({ n, i, loudness, loud: (loudness ?? 0) > 80, words: words.split(' ') })
  },
  said: () => {},
}

const erase: Erase<typeof tables> = (rows, places) => {
  for (const { n, i } of places) rows.shouts.remove(n, i)
}

const action = actionsOf<typeof facts, typeof tables>()
const asked = { input: z.object({ words: z.string() }), allow: ['lead'], away: 'refuse' } as const

const actions = {
  say: action({ ...asked, decide: (body) => ({ facts: [{ kind: 'said', body }], answer: 'said' }) }),
  /** Says what only a driver may say. */
  shout: action({
    ...asked,
    decide: ({ words }) => ({ facts: [{ kind: 'shouted', body: { words, loudness: null } }], answer: null }),
  }),
  stumble: action({
    ...asked,
    decide: () => {
      throw new TypeError('this action has a mistake')
    },
  }),
  /** More than a fact may hold, and more than an entry may. */
  boast: action({
    ...asked,
    decide: ({ words }) => ({
      facts: [{ kind: 'said', body: { words: words.repeat(33_000) } }],
      answer: null,
    }),
  }),
  drone: action({
    ...asked,
    decide: ({ words }) => ({
      facts: Array.from({ length: 40 }, () => ({
        kind: 'said' as const,
        body: { words: words.repeat(30_000) },
      })),
      answer: null,
    }),
  }),
}

/** A trade with mistakes: whatever it does, it must stop no log, and come out the same on every box. */
export const clumsy = pack({ name: 'clumsy', rules: 'clumsy-1', facts, tables, apply, actions, erase })
