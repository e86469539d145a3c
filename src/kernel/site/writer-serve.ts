import type { MessagePort } from 'node:worker_threads'
import { toRows, type RowColumns } from '../../store/row-columns.ts'
import type { Instant } from '../instant.ts'
import { toItems, toSteppedColumns, type ItemColumns, type SteppedColumns } from './step-columns.ts'
import type { WriterCore } from './writer-core.ts'
import type { Writer } from './writer.ts'

export type WriterCall = {
  readonly id: number
  readonly call: keyof Writer
  readonly values: readonly unknown[]
}
export type WriterAnswer = { readonly id: number; readonly value?: unknown; readonly error?: string }

/** The inside of a writer thread: asked through its port, one call at a time, in the order of asking. */
export function serveWriter(port: MessagePort, core: WriterCore): void {
  port.on('message', ({ id, call, values }: WriterCall) => {
    port.postMessage(answer(core, id, call, values))
    if (call === 'close') port.close()
  })
}

function answer(core: WriterCore, id: number, call: keyof Writer, values: readonly unknown[]): WriterAnswer {
  try {
    if (call === 'follow')
      return { id, value: core.follow(String(values[0]), toRows(values[1] as RowColumns)) }
    if (call === 'step') return { id, value: step(core, values) }
    return { id, value: Reflect.apply(core[call], core, values) as unknown }
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

function step(core: WriterCore, [site, columns, at]: readonly unknown[]): SteppedColumns {
  const items = toItems(columns as readonly ItemColumns[])
  return toSteppedColumns(core.step(String(site), items, at as Instant), items)
}
