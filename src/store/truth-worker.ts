import { parentPort, workerData } from 'node:worker_threads'
import { serveTruth } from './truth-serve.ts'
import type { ThreadData } from './truth-wire.ts'

/** The entry of a store thread. Loaded by anything else, it does nothing. */
export function startTruthWorker(): void {
  if (parentPort !== null && isThreadData(workerData)) serveTruth(parentPort, workerData)
}

function isThreadData(data: unknown): data is ThreadData {
  return typeof data === 'object' && data !== null && 'regie' in data && data.regie === 'truth'
}

startTruthWorker()
