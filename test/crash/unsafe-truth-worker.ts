import { parentPort, workerData } from 'node:worker_threads'
import type { Database } from '../../src/store/database.ts'
import { serveTruth } from '../../src/store/truth-serve.ts'
import type { Boundary } from '../../src/store/truth-sqlite.ts'
import type { ThreadData } from '../../src/store/truth-wire.ts'

/** A store thread that breaks promise 1: it acknowledges without waiting for the disk. The proofs must see it. */
const trustTheCache = (boundary: Boundary, db: Database) => {
  if (boundary === 'begin') db.exec('PRAGMA synchronous = OFF')
}

if (parentPort !== null) serveTruth(parentPort, workerData as ThreadData, { at: trustTheCache })
