import { manualMachine, settled } from '../manual-machine.ts'
import { toyKnown } from '../pack/toy-pack.ts'
import { pay, toyKeeper } from '../site/toy-keeper.ts'
import type { Item } from '../site/sequencer.ts'
import { Live } from './live.ts'
import type { Telling } from './messages.ts'
import type { Ran, Runner } from './runner.ts'
import { RunnerCore } from './runner-core.ts'
import type { Reader } from './topic.ts'

/** For tests: somebody who reads, and puts together what he hears as the spec says. */
export class ToyReader implements Reader {
  readonly heard: Telling[] = []
  readonly rows = new Map<string, unknown>()
  readonly bytes: Uint8Array[] = []
  hash: string | undefined
  at: Readonly<Record<string, number>> = {}
  /** What he has not dealt with. */
  behind = 0
  readonly #key: readonly string[]

  constructor(key: readonly string[] = ['account']) {
    this.#key = key
  }

  get has() {
    return this.hash === undefined ? undefined : { hash: this.hash, at: this.at }
  }

  get kinds(): readonly string[] {
    return this.heard.map(({ t }) => t)
  }

  readonly waiting = (): number => this.behind

  readonly send = (message: Uint8Array): void => {
    this.bytes.push(message)
    const telling = JSON.parse(Buffer.from(message).toString()) as Telling
    this.heard.push(telling)
    if (telling.t !== 'rows' && telling.t !== 'change' && telling.t !== 'same') return
    const put = telling.t === 'rows' ? telling.rows : telling.t === 'change' ? telling.put : []
    if (telling.t === 'rows') this.rows.clear()
    if (telling.t === 'change' && telling.from !== this.hash) throw new Error('a change of another answer')
    if (telling.t === 'change') for (const key of telling.gone) this.rows.delete(JSON.stringify(key))
    for (const row of put) this.rows.set(JSON.stringify(this.#key.map((field) => row[field])), row)
    this.hash = telling.hash
    this.at = telling.at
  }
}

/** For tests: the live queries of one box over the toy pack, whose runs can be held up. */
export function toyLive(sites: readonly string[] = ['fair']) {
  const keepers = new Map(sites.map((site) => [site, toyKeeper()]))
  const { machine, pass, pending, said } = manualMachine()
  let mono = 0
  let step = 0
  const open = (site: string) => keepers.get(site)?.database
  const core = new RunnerCore(toyKnown, { open, close: () => {} }, () => (mono += step))
  const runs: string[] = []
  let gate: Promise<void> | undefined
  let away = false
  const runner: Runner = {
    run: async (site, query, input, known) => {
      runs.push(`${site} ${query} ${input}`)
      if (away) return { is: 'away', why: 'nothing to read' } satisfies Ran
      // What is read is read now; it is told when the gate opens.
      const ran = core.run(site, query, input, known)
      await gate
      return ran
    },
    close: async () => core.close(),
  }
  const live = new Live({ known: toyKnown, runner, machine, serves: (site) => keepers.has(site) })
  for (const site of sites) live.opened(site)

  const commit = async (items: readonly Item[], site = 'fair') => {
    const keeper = keepers.get(site)
    keeper?.kept(...items)
    if (keeper) live.touched(site, keeper.views.takeTouched())
    await settled()
  }
  let keys = 0
  return {
    live,
    runs,
    pending,
    said,
    machine,
    keeper: (site = 'fair') => keepers.get(site) as ReturnType<typeof toyKeeper>,
    commit,
    /** So many cents from the bank to an account. */
    give: (to: string, cents: number, site?: string) =>
      commit([{ ...pay(`k${(keys += 1)}`), input: { from: 'bank', to, cents } } as Item], site),
    /** Time goes by, and what follows from it happens. */
    pass: async (by: number) => {
      await settled()
      for (let left = by; left > 0; left -= 5) {
        pass(Math.min(left, 5))
        await settled()
      }
    },
    /** Runs that begin from now on end when this is called. */
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate = promise
      return async () => {
        gate = undefined
        resolve()
        await settled()
      }
    },
    setAway: (is: boolean) => (away = is),
    /** Each run takes so long from now on. */
    setSlow: (ms: number) => (step = ms),
  }
}
