import { randomBytes } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { viewsFolder } from '../../src/kernel/site/views-folder.ts'
import { WriterCore } from '../../src/kernel/site/writer-core.ts'
import { serveWriter } from '../../src/kernel/site/writer-serve.ts'
import { known } from './known.ts'

export type WriterData = { readonly views: string }

/** The entry of a box's thread for views. */
if (parentPort !== null) {
  const home = viewsFolder((workerData as WriterData).views)
  serveWriter(parentPort, new WriterCore(known, home, { bytes: (size) => randomBytes(size) }))
}
