import { Worker } from 'node:worker_threads'
import type { GroupCommitOptions } from './group-commit.ts'
import { toCallColumns } from './call-columns.ts'
import { toRows, type RowColumns } from './row-columns.ts'
import { StoreThread } from './store-thread.ts'
import { TruthFront, type ReadGate } from './truth-front.ts'
import { unpackOutcomes, type ThreadData, type WireOutcomes } from './truth-wire.ts'
import type { Truth } from './truth.ts'

export type OpenTruthOptions = GroupCommitOptions & {
  readonly path: string
  /** The file that a store thread runs. A bundle names itself. */
  readonly workerUrl?: URL | undefined
  /** Handed to a worker of one's own, beside what every store thread gets. */
  readonly workerData?: Readonly<Record<string, unknown>> | undefined
}

/**
 * Truth in a file, in threads of its own: one writes, one reads. A disk that stalls stops neither the
 * caller's thread nor the reads.
 */
export async function openTruth(options: OpenTruthOptions): Promise<Truth> {
  const url = options.workerUrl ?? new URL('./truth-worker.ts', import.meta.url)
  const start = (role: ThreadData['role']) => () => {
    const data: ThreadData = { regie: 'truth', role, path: options.path }
    return new Worker(url, { name: `truth ${role}`, workerData: { ...options.workerData, ...data } })
  }
  const writer = new StoreThread(start('write'), (error) => front.broke(error))
  // Nothing is lost with the reader: what was asked of it is rejected, and the next read starts another.
  // It opens after the writer, who makes the file.
  const reader = new StoreThread(
    start('read'),
    () => {},
    () => writer.open(),
  )
  const front = new TruthFront(
    {
      write: async (calls) =>
        unpackOutcomes((await writer.ask({ ask: 'commit', calls: toCallColumns(calls) })) as WireOutcomes),
      read: (async (name, ...values) => {
        const answer = await reader.ask({ ask: 'read', name, values })
        return name === 'entries' ? toRows(answer as RowColumns) : answer
      }) as ReadGate,
      close: async () => {
        // The last connection to close puts everything into the one file, and only the writer can.
        await reader.close()
        await writer.close()
      },
    },
    options,
  )
  try {
    await Promise.all([writer.open(), reader.open()])
    return front
  } catch (error) {
    await front.close()
    throw error
  }
}
