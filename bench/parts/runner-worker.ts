import { parentPort, workerData } from 'node:worker_threads'
import { realMachine } from '../../src/cli/machine.ts'
import { readFolder } from '../../src/kernel/live/read-folder.ts'
import { RunnerCore } from '../../src/kernel/live/runner-core.ts'
import { serveRunner } from '../../src/kernel/live/runner-serve.ts'
import { known } from './known.ts'
import type { WriterData } from './writer-worker.ts'

/** The entry of a box's thread for queries. */
if (parentPort !== null) {
  const home = readFolder((workerData as WriterData).views)
  serveRunner(parentPort, new RunnerCore(known, home, realMachine().clock.mono))
}
