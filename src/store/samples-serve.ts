import type { MessagePort } from 'node:worker_threads'
import { serveAsks } from './resting-serve.ts'
import type { Rings, Sample, SampleQuery } from './ring.ts'
import { SamplesKeeper } from './samples-keeper.ts'

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

export type SamplesThreadData = { readonly regie: 'samples'; readonly path: string; readonly rings: Rings }

/** The inside of the thread: one file. */
export function serveSamples(port: MessagePort, { path, rings }: SamplesThreadData): void {
  serveAsks<SamplesAsk>(port, (say) => {
    const keeper = new SamplesKeeper(path, rings, say)
    return { answer: (ask) => carryOut(keeper, ask), close: () => keeper.close() }
  })
}

function carryOut(keeper: SamplesKeeper, ask: SamplesAsk): unknown {
  switch (ask.do) {
    case 'append':
      return keeper.append(ask.ring, ask.rows, ask.now)
    case 'read':
      return keeper.read(ask.ring, ask.query)
    case 'sizes':
      return keeper.sizes()
  }
}
