import { pack } from '../../kernel/pack/pack.ts'
import { apply, retime } from './apply.ts'
import { facts } from './facts.ts'
import { queries } from './queries.ts'
import { tables } from './tables.ts'
import { topics } from './topics.ts'

/** The boxes themselves, and the devices beside them. */
export const fleet = pack({
  name: 'fleet',
  rules: 'fleet-1',
  facts,
  tables,
  apply,
  actions: {},
  queries,
  topics,
  retime,
})
