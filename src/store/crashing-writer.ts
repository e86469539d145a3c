import { writeSync } from 'node:fs'
import { manualTime } from './manual-time.ts'
import { records, stream } from './truth-samples.ts'
import { openTruth } from './truth-thread.ts'

/**
 * For tests, as a process of its own: journals batch after batch until it is killed, three calls under way at
 * any time, and prints the last seq of each batch once that is acknowledged.
 */
const truth = await openTruth({ path: process.argv[2] ?? '', ...manualTime() })
const size = 7
const known = (await truth.streams(stream.site))[0]?.last ?? 0

async function lane(start: number): Promise<void> {
  for (let from = start; ; from += 3 * size) {
    const last = from + size - 1
    await truth.commit([
      { do: 'records', ...stream, rows: records(from, last) },
      { do: 'note', name: 'last', value: String(last) },
    ])
    writeSync(1, `${last}\n`)
  }
}

await Promise.all([0, 1, 2].map((lag) => lane(known + 1 + lag * size)))
