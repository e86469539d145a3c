import type { MessagePort } from 'node:worker_threads'
import { toCalls } from './call-columns.ts'
import type { Database } from './database.ts'
import { toColumns } from './row-columns.ts'
import { answerRead, type ReadName } from './truth-front.ts'
import type { TruthReads as Reads } from './truth-reads.ts'
import { TruthReads } from './truth-reads.ts'
import { SqliteTruth, type Boundary } from './truth-sqlite.ts'
import { openTruthFile, readTruthFile } from './truth-tables.ts'
import {
  packError,
  packOutcomes,
  type AnswerMessage,
  type AskMessage,
  type ThreadData,
} from './truth-wire.ts'

export type ServeOptions = { readonly at?: ((boundary: Boundary, db: Database) => void) | undefined }

/** The inside of a store thread: one connection, asked through its port, one ask at a time. */
export function serveTruth(port: MessagePort, data: ThreadData, options: ServeOptions = {}): void {
  const connection = new Connection(data, options)
  port.on('message', (message: AskMessage) => {
    port.postMessage(answer(connection, message))
    if (message.ask === 'close') port.close()
  })
}

function answer(connection: Connection, message: AskMessage): AnswerMessage {
  try {
    return { id: message.id, value: connection.answer(message) }
  } catch (error) {
    return { id: message.id, error: packError(error) }
  }
}

class Connection {
  readonly #data: ThreadData
  readonly #options: ServeOptions
  #db: Database | undefined
  #truth: SqliteTruth | undefined
  #reads: Reads | undefined

  constructor(data: ThreadData, options: ServeOptions) {
    this.#data = data
    this.#options = options
  }

  answer(message: AskMessage): unknown {
    switch (message.ask) {
      case 'open':
        return this.#open()
      case 'commit':
        return packOutcomes(this.#opened(this.#truth).commitGroup(toCalls(message.calls)))
      case 'read':
        return read(this.#opened(this.#reads), message.name, message.values)
      case 'close':
        return this.#db?.close()
    }
  }

  #open(): void {
    const db = this.#data.role === 'write' ? openTruthFile(this.#data.path) : readTruthFile(this.#data.path)
    const at = (boundary: Boundary) => this.#options.at?.(boundary, db)
    this.#db = db
    if (this.#data.role === 'write') this.#truth = new SqliteTruth(db, { at })
    this.#reads = new TruthReads(db)
  }

  #opened<T>(part: T | undefined): T {
    if (part === undefined) throw new TypeError('this store thread was asked for what it has not opened')
    return part
  }
}

function read(reads: Reads, name: ReadName, values: readonly unknown[]): unknown {
  const answer = answerRead(reads, name, values as Parameters<Reads[ReadName]>)
  return name === 'entries' ? toColumns(answer as ReturnType<Reads['entries']>) : answer
}
