import { pack } from '../../kernel/pack/pack.ts'
import { actions } from './actions.ts'
import { apply, erase, retime } from './apply.ts'
import { facts } from './facts.ts'
import { orders } from './orders.ts'
import { queries } from './queries.ts'
import { refusals } from './refusals.ts'
import { settings } from './settings.ts'
import { tables } from './tables.ts'

/** A small trade of our own: what the kernel is tried with, in the world, the benches and the crash tests. */
export const fair = pack({
  name: 'fair',
  rules: 'fair-3',
  facts,
  tables,
  apply,
  actions,
  orders,
  queries,
  refusals,
  erase,
  retime,
  settings,
})
