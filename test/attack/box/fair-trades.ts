import type { Trades } from '../../../src/cli/views-thread.ts'
import { known } from './known.ts'

/** The whole program with the fair, as it would be with one more trade of its own. */
export const fairTrades: Trades = {
  known,
  views: new URL('./fair-views-worker.ts', import.meta.url),
  queries: new URL('./fair-runner-worker.ts', import.meta.url),
}
