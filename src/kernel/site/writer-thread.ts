import type { Worker } from 'node:worker_threads'
import { toColumns } from '../../store/row-columns.ts'
import { toItemColumns, toStepped, type SteppedColumns } from './step-columns.ts'
import type { WriterAnswer, WriterCall } from './writer-serve.ts'
import type { Writer } from './writer.ts'

type Asked = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }

/** The Writer port over a thread. If it dies, what was asked of it is rejected; `died` says why. */
export function openWriter(worker: Worker, died: (why: string) => void): Writer {
  const asked = new Map<number, Asked>()
  let next = 1
  let over: string | undefined
  let closing = false

  const end = (why: string) => {
    if (over !== undefined) return
    over = why
    for (const { reject } of asked.values()) reject(new Error(why))
    asked.clear()
    if (!closing) died(why)
  }
  worker.on('error', (error) => end(`the thread that writes views is gone: ${String(error)}`))
  worker.on('exit', () => end('the thread that writes views has ended'))
  worker.on('message', ({ id, value, error }: WriterAnswer) => {
    const { resolve, reject } = asked.get(id) as Asked
    asked.delete(id)
    if (error === undefined) resolve(value)
    else reject(new Error(error))
  })

  const send = <Call extends keyof Writer>(
    call: Call,
    values: readonly unknown[],
  ): ReturnType<Writer[Call]> => {
    const answer = new Promise<unknown>((resolve, reject) => {
      if (over !== undefined) return reject(new Error(over))
      const id = next++
      asked.set(id, { resolve, reject })
      worker.postMessage({ id, call, values } satisfies WriterCall)
    })
    return answer as ReturnType<Writer[Call]>
  }
  const ask =
    <Call extends keyof Writer>(call: Call) =>
    (...values: Parameters<Writer[Call]>) =>
      send(call, values)
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  return {
    open: ask('open'),
    reset: ask('reset'),
    step: async (site, items, at) =>
      toStepped((await send('step', [site, toItemColumns(items), at])) as unknown as SteppedColumns, items),
    settle: ask('settle'),
    follow: (site, rows) => send('follow', [site, toColumns(rows)]),
    position: ask('position'),
    state: ask('state'),
    query: ask('query'),
    openOrders: ask('openOrders'),
    erased: ask('erased'),
    dropBases: ask('dropBases'),
    hash: ask('hash'),
    close: async () => {
      if (over !== undefined) return
      closing = true
      await ask('close')()
      await ended
    },
  }
}
