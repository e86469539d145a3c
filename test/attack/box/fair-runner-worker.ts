import { parentPort, workerData } from 'node:worker_threads'
import { realMachine } from '../../../src/cli/machine.ts'
import type { ViewsData } from '../../../src/cli/views-thread.ts'
import { readFolder } from '../../../src/kernel/live/read-folder.ts'
import { RunnerCore } from '../../../src/kernel/live/runner-core.ts'
import { serveRunner } from '../../../src/kernel/live/runner-serve.ts'
import { known } from './known.ts'

/** The entry of the box's thread for queries. */
if (parentPort !== null) {
  const { folder } = workerData as ViewsData
  serveRunner(parentPort, new RunnerCore(known, readFolder(folder), realMachine().clock.mono))
}
