import type { MessagePort } from 'node:worker_threads'
import type { Rings, Sample, SampleQuery } from './ring.ts'
import { SamplesKeeper } from './samples-keeper.ts'
import { packError, type WireError } from './truth-wire.ts'

/** What the thread of samples is asked. */
export type SamplesAsk =
  | {
      readonly do: 'append'
      readonly ring: string
      readonly rows: readonly Sample[]
      readonly now: number | null
    }
  | { readonly do: 'read'; readonly ring: string; readonly query: SampleQuery }
  | { readonly do: 'sizes' }
  | { readonly do: 'close' }

export type SamplesMessage = SamplesAsk & { readonly id: number }

export type SamplesAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: WireError }
  | { readonly said: string }

export type SamplesThreadData = { readonly regie: 'samples'; readonly path: string; readonly rings: Rings }

/** The inside of the thread: one file, one ask after the other. */
export function serveSamples(port: MessagePort, { path, rings }: SamplesThreadData): void {
  const keeper = new SamplesKeeper(path, rings, (said) => port.postMessage({ said }))
  port.on('message', ({ id, ...ask }: SamplesMessage) => {
    port.postMessage(answer(keeper, id, ask))
    if (ask.do === 'close') port.close()
  })
}

function answer(keeper: SamplesKeeper, id: number, ask: SamplesAsk): SamplesAnswer {
  try {
    return { id, value: carryOut(keeper, ask) }
  } catch (error) {
    return { id, error: packError(error) }
  }
}

function carryOut(keeper: SamplesKeeper, ask: SamplesAsk): unknown {
  switch (ask.do) {
    case 'append':
      return keeper.append(ask.ring, ask.rows, ask.now)
    case 'read':
      return keeper.read(ask.ring, ask.query)
    case 'sizes':
      return keeper.sizes()
    case 'close':
      return keeper.close()
  }
}
