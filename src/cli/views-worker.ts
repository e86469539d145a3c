import { parentPort, workerData } from 'node:worker_threads'
import { viewsFolder } from '../kernel/site/views-folder.ts'
import { WriterCore } from '../kernel/site/writer-core.ts'
import { serveWriter } from '../kernel/site/writer-serve.ts'
import { known } from './known.ts'
import { realMachine } from './machine.ts'
import type { ViewsData } from './views-thread.ts'

// The entry of the thread that writes views.
if (parentPort !== null) {
  const { folder } = workerData as ViewsData
  serveWriter(parentPort, new WriterCore(known, viewsFolder(folder), realMachine().random))
}
