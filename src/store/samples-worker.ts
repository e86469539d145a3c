import { parentPort, workerData } from 'node:worker_threads'
import { serveSamples, type SamplesThreadData } from './samples-serve.ts'

// The entry of the thread that writes samples.
if (parentPort !== null) serveSamples(parentPort, workerData as SamplesThreadData)
