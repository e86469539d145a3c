import { Worker } from 'node:worker_threads'
import type { Writer } from '../kernel/site/writer.ts'
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
