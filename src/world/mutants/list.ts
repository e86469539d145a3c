import { inAfar } from './list-afar.ts'
import { inBlobs } from './list-blobs.ts'
import { inBoxes } from './list-boxes.ts'
import { inLive } from './list-live.ts'
import { inOrders } from './list-orders.ts'
import { inPeople } from './list-people.ts'
import { inStoreAndRecords } from './list-records.ts'
import { inRules } from './list-rules.ts'
import { inTime } from './list-time.ts'
import type { Mutant } from './mutant.ts'

/** All mutants that were written by hand. */
export const mutants: readonly Mutant[] = [
  ...inStoreAndRecords,
  ...inBoxes,
  ...inRules,
  ...inLive,
  ...inBlobs,
  ...inTime,
  ...inOrders,
  ...inAfar,
  ...inPeople,
]
