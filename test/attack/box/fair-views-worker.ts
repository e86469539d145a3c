import { parentPort, workerData } from 'node:worker_threads'
import { realMachine } from '../../../src/cli/machine.ts'
import type { ViewsData } from '../../../src/cli/views-thread.ts'
import { viewsFolder } from '../../../src/kernel/site/views-folder.ts'
import { WriterCore } from '../../../src/kernel/site/writer-core.ts'
import { serveWriter } from '../../../src/kernel/site/writer-serve.ts'
import { known } from './known.ts'

/** The entry of the box's thread for views. */
if (parentPort !== null) {
  const { folder } = workerData as ViewsData
  serveWriter(parentPort, new WriterCore(known, viewsFolder(folder), realMachine().random))
}
