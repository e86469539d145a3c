import { ackLatency } from './ack-latency.ts'
import { acts } from './acts.ts'
import { batchedRecords } from './batched-records.ts'
import { blobThroughput } from './blobs.ts'
import { catchUp } from './catch-up.ts'
import { httpActs } from './http-acts.ts'
import { liveFanOut } from './live-fan-out.ts'
import { mqtt } from './mqtt.ts'
import type { Measure } from './parts/row.ts'
import { orders } from './orders.ts'
import { rebuild } from './rebuild.ts'
import { singleRecords } from './single-records.ts'
import { startUp } from './start-up.ts'

/** Every measurement, by the name that `--only` takes, in the order in which they run. */
export const measures: Readonly<Record<string, Measure>> = {
  'single-records': singleRecords,
  'ack-latency': ackLatency,
  'batched-records': batchedRecords,
  acts,
  'http-acts': httpActs,
  orders,
  rebuild,
  'catch-up': catchUp,
  'live-fan-out': liveFanOut,
  blobs: blobThroughput,
  mqtt,
  'start-up': startUp,
}
