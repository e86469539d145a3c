import { z } from 'zod'
import { erasable, record } from '../kernel/pack/fact.ts'
import { pack } from '../kernel/pack/pack.ts'

const body = z.object({ tag: z.string(), name: z.string() })

/** What only the newest boxes know: their records reach keepers that have never heard of such kinds. */
export const newer = pack({
  name: 'newer',
  rules: 'newer-1',
  facts: { greeted: erasable(record(body)), waved: record(body) },
  tables: {},
  apply: { greeted: () => {}, waved: () => {} },
  actions: {},
  erase: () => {},
})
