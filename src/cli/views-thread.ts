import { Worker } from 'node:worker_threads'
import type { Writer } from '../kernel/site/writer.ts'
import { openRunner } from '../kernel/live/runner-thread.ts'
import type { Runner } from '../kernel/live/runner.ts'
import type { Timers } from '../kernel/machine.ts'
import { openWriter } from '../kernel/site/writer-thread.ts'

export type ViewsData = { readonly folder: string }

/** Starts the thread that writes the views in this folder. */
export function openViews(folder: string, died: (why: string) => void): Writer {
  const data: ViewsData = { folder }
  const worker = new Worker(new URL('./views-worker.ts', import.meta.url), {
    name: 'views',
    workerData: data,
  })
  return openWriter(worker, died)
}

/** The thread that runs queries over the same folder. It starts when somebody asks. */
export function openQueries(folder: string, timers: Timers): Runner {
  const workerData: ViewsData = { folder }
  return openRunner(
    () => new Worker(new URL('./runner-worker.ts', import.meta.url), { name: 'queries', workerData }),
    timers,
  )
}
