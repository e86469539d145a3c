import { parentPort, workerData } from 'node:worker_threads'
import type { Database } from './database.ts'
import { fault } from './faults.ts'
import { serveTruth } from './truth-serve.ts'
import type { Boundary } from './truth-sqlite.ts'
import type { ThreadData } from './truth-wire.ts'

/** For tests: a store thread whose disk stalls, fills up or kills it, as cells of a shared array say. */
type FaultyData = ThreadData & { readonly faults: Int32Array }

if (parentPort !== null) {
  const data = workerData as FaultyData
  serveTruth(parentPort, data, { at: (boundary, db) => suffer(data.faults, boundary, db) })
}

function suffer(faults: Int32Array, boundary: Boundary, db: Database): void {
  const pages = Atomics.load(faults, fault.pages)
  if (boundary === 'begin' && pages > 0) db.exec(`PRAGMA max_page_count = ${pages}`)
  if (boundary === 'commit') Atomics.wait(faults, fault.stall, 1)
  if (boundary === 'commit' && Atomics.load(faults, fault.die) === 1) process.exit(1)
}
