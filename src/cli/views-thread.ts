import { Worker } from 'node:worker_threads'
import type { Writer } from '../kernel/site/writer.ts'
import { openRunner } from '../kernel/live/runner-thread.ts'
import type { Runner } from '../kernel/live/runner.ts'
import type { Timers } from '../kernel/machine.ts'
import type { Known } from '../kernel/pack/kinds.ts'
import { openWriter } from '../kernel/site/writer-thread.ts'
import { known } from './known.ts'

export type ViewsData = { readonly folder: string }

/** What a program knows, and the entries of the threads that know the same. */
export type Trades = { readonly known: Known; readonly views: URL; readonly queries: URL }

/** Those of this build. */
export const ownTrades: Trades = {
  known,
  views: new URL('./views-worker.ts', import.meta.url),
  queries: new URL('./runner-worker.ts', import.meta.url),
}

/** Starts the thread that writes the views in this folder. */
export function openViews({ views }: Trades, folder: string, died: (why: string) => void): Writer {
  const workerData: ViewsData = { folder }
  return openWriter(new Worker(views, { name: 'views', workerData }), died)
}

/** The thread that runs queries over the same folder. It starts when somebody asks. */
export function openQueries({ queries }: Trades, folder: string, timers: Timers): Runner {
  const workerData: ViewsData = { folder }
  return openRunner(() => new Worker(queries, { name: 'queries', workerData }), timers)
}
