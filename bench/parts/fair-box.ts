import { Worker } from 'node:worker_threads'
import { openDataFolder } from '../../src/cli/data-folder.ts'
import { realMachine, standardError } from '../../src/cli/machine.ts'
import { dialWebSocket } from '../../src/doors/link.ts'
import { openBox } from '../../src/kernel/box/box.ts'
import type { Box, SiteStatus } from '../../src/kernel/box/contract.ts'
import type { Identity } from '../../src/kernel/link/identity.ts'
import { openRunner } from '../../src/kernel/live/runner-thread.ts'
import type { OrderDrivers } from '../../src/kernel/orders/driver.ts'
import { openWriter } from '../../src/kernel/site/writer-thread.ts'
import { openTruth } from '../../src/store/truth-thread.ts'
import { known } from './known.ts'
import { until } from './time.ts'
import type { WriterData } from './writer-worker.ts'

export const site = 'fair'

/** A box that knows the fair, on a data folder as the program keeps it, with all its threads. */
export class FairBox implements AsyncDisposable {
  readonly box: Box
  readonly identity: Identity
  readonly #close: () => void

  private constructor(box: Box, identity: Identity, close: () => void) {
    this.box = box
    this.identity = identity
    this.#close = close
  }

  static async open(path: string, drivers?: OrderDrivers): Promise<FairBox> {
    const machine = realMachine(standardError('error'))
    const folder = openDataFolder(path, machine.random)
    const truth = await openTruth({ path: folder.truth, clock: machine.clock, timers: machine.timers })
    const workerData: WriterData = { views: folder.views }
    const worker = new Worker(new URL('./writer-worker.ts', import.meta.url), { workerData })
    const writer = openWriter(worker, (why) => machine.log('error', why))
    const queries = () => new Worker(new URL('./runner-worker.ts', import.meta.url), { workerData })
    const runner = openRunner(queries, machine.timers)
    const { identity } = folder
    const trusts = () => true
    const box = await openBox({
      identity,
      machine,
      known,
      truth,
      writer,
      runner,
      dial: dialWebSocket,
      trusts,
      drivers,
    })
    return new FairBox(box, identity, folder.close)
  }

  /** A box that has begun the site, and keeps it. */
  static async keeper(path: string): Promise<FairBox> {
    const fair = await FairBox.open(path)
    await fair.box.found(site)
    await fair.keeping()
    return fair
  }

  get status(): SiteStatus {
    const found = this.box.status().sites.find((each) => each.site === site)
    if (!found) throw new Error(`the box does not serve ${site}`)
    return found
  }

  /** Until the box has started wholly: it decides. */
  async keeping(): Promise<void> {
    await until('the box keeps its site', () => this.status.role === 'keeping')
  }

  /** Until the log here, on disk, has so many entries. */
  async logged(n: number): Promise<void> {
    await until(`${n} entries in the log`, () => this.status.n >= n)
  }

  /** Until the views show all that the log has. */
  async shown(): Promise<void> {
    await until('the views are current', () => this.status.viewLag === 0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.box.stop()
    this.#close()
  }
}
