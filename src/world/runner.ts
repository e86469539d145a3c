import type { Known } from '../kernel/pack/kinds.ts'
import { RunnerCore } from '../kernel/live/runner-core.ts'
import type { Ran, Runner } from '../kernel/live/runner.ts'
import type { Card } from './card.ts'
import { isAtRest } from './image.ts'
import type { Process } from './process.ts'
import type { Dice } from './random.ts'

type Parts = {
  readonly card: Card
  readonly process: Process
  readonly known: Known
  readonly mono: () => number
  readonly dice: Dice
}

/** How long a run waits for a writer at a time. */
const lookAgainMs = 5

/**
 * The thread that runs queries, with a thread's delays, one run at a time. A card in memory has one connection, so it
 * waits while something is being written, where a real one would read what was committed before.
 */
export function openRunner({ card, process, known, mono, dice }: Parts): Runner {
  const home = { open: (site: string) => card.views(site), close: () => {} }
  const core = new RunnerCore(known, home, mono)
  let last: Promise<unknown> = Promise.resolve()
  const run = async (...[site, query, input, hash]: Parameters<Runner['run']>): Promise<Ran> => {
    await process.wait(dice.chance(0.02) ? dice.int(5, 200) : dice.int(0, 2))
    while (process.alive && !isAtRest(card.views(site))) await process.wait(lookAgainMs)
    return process.alive ? core.run(site, query, input, hash) : process.never()
  }
  return {
    run: (...call) => {
      const ran = last.then(() => run(...call))
      last = ran
      return ran
    },
    close: async () => {},
  }
}
