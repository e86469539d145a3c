import type { Samples } from '../../store/ring.ts'
import { SamplesFile } from '../../store/samples-file.ts'
import { openSqlite } from '../../store/sqlite.ts'
import { sampleRings } from './rings.ts'

/** For tests: the real rings, in memory and at once. */
export function samplesInMemory(): Samples {
  const file = new SamplesFile(openSqlite(':memory:', { durable: false }), ':memory:', sampleRings)
  let dropped = 0
  return {
    append: (ring, rows, now) => {
      dropped += file.append(ring, rows, now)
    },
    read: async (ring, query) => file.read(ring, query),
    sizes: async () => file.sizes(),
    dropped: () => dropped,
    close: async () => file.close(),
  }
}
