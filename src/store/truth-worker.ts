import { parentPort, workerData } from 'node:worker_threads'
import { serveTruth } from './truth-serve.ts'
import type { ThreadData } from './truth-wire.ts'

/**
 * The entry of a store thread. Bundled, it lies in the same file as everything else and is reached at every
 * start of it, so it acts only where it is meant.
 */
export function startTruthWorker(): void {
  if (parentPort !== null && isThreadData(workerData)) serveTruth(parentPort, workerData)
}

function isThreadData(data: unknown): data is ThreadData {
  return typeof data === 'object' && data !== null && 'regie' in data && data.regie === 'truth'
}

startTruthWorker()
