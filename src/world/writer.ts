import type { Database } from '../store/database.ts'
import type { Known } from '../kernel/pack/kinds.ts'
import type { Random } from '../kernel/machine.ts'
import { WriterCore } from '../kernel/site/writer-core.ts'
import type { Writer } from '../kernel/site/writer.ts'
import type { Card } from './card.ts'
import type { Process } from './process.ts'
import type { Dice } from './random.ts'

type Parts = {
  readonly card: Card
  readonly process: Process
  readonly known: Known
  readonly random: Random
  readonly dice: Dice
}

/** The thread that writes views: the kernel's own work, with a thread's delays around it, in the order asked. */
export function openWriter({ card, process, known, random, dice }: Parts): Writer {
  const core = new WriterCore(known, homeOn(card), random)
  let last: Promise<unknown> = Promise.resolve()
  const ask = <T>(work: () => T): Promise<T> => {
    const answer = last.then(async () => {
      await process.wait(dice.chance(0.02) ? dice.int(5, 200) : 0)
      if (!process.alive) return process.never<T>()
      return work()
    })
    last = answer.catch(() => undefined)
    return answer
  }
  return {
    open: (site) => ask(() => core.open(site)),
    reset: (site, n) => ask(() => core.reset(site, n)),
    step: (site, items, at) => ask(() => core.step(site, items, at)),
    settle: (site, how) => ask(() => core.settle(site, how)),
    follow: (site, rows) => ask(() => core.follow(site, rows)),
    position: (site, streams) => ask(() => core.position(site, streams)),
    state: (site) => ask(() => core.state(site)),
    query: (site, pack, table) => ask(() => core.query(site, pack, table)),
    openOrders: (site, box) => ask(() => core.openOrders(site, box)),
    erased: (site, from) => ask(() => core.erased(site, from)),
    dropBases: (site, before) => ask(() => core.dropBases(site, before)),
    hash: (site) => ask(() => core.hash(site)),
    close: () => ask(() => core.close()),
  }
}

function homeOn(card: Card) {
  return {
    open: (site: string) => keptOpen(card.views(site)),
    drop: (site: string) => card.dropViews(site),
    bases: {
      save: (site: string, n: number, copy: Uint8Array) => void card.bases(site).set(n, copy),
      list: (site: string) => [...card.bases(site).keys()],
      load: (site: string, n: number) => card.bases(site).get(n),
      drop: (site: string, before: number) => {
        for (const n of card.bases(site).keys()) if (n < before) card.bases(site).delete(n)
      },
    },
  }
}

/** The file outlives the process that closes it. */
function keptOpen(database: Database): Database {
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => database.prepare(sql),
    close: () => {},
  }
}
