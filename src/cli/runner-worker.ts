import { parentPort, workerData } from 'node:worker_threads'
import { readFolder } from '../kernel/live/read-folder.ts'
import { RunnerCore } from '../kernel/live/runner-core.ts'
import { serveRunner } from '../kernel/live/runner-serve.ts'
import { known } from './known.ts'
import { realMachine } from './machine.ts'
import type { ViewsData } from './views-thread.ts'

// The entry of the thread that runs queries.
if (parentPort !== null) {
  const { folder } = workerData as ViewsData
  serveRunner(parentPort, new RunnerCore(known, readFolder(folder), realMachine().clock.mono))
}
